"""As much of MessagePack as serf's RPC speaks (github.com/msgpack/msgpack, spec-old.md: raw, no str or bin)."""

import struct


class Incomplete(Exception):
    """The value's end has not come yet."""


def encode(value):
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return bytes([value]) if 0 <= value < 128 else b"\xcf" + struct.pack(">Q", value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        head = bytes([0xA0 | len(value)]) if len(value) < 32 else b"\xda" + struct.pack(">H", len(value))
        return head + value
    if isinstance(value, (list, tuple)):
        return b"\xdc" + struct.pack(">H", len(value)) + b"".join(map(encode, value))
    pairs = b"".join(encode(key) + encode(item) for key, item in value.items())
    return b"\xde" + struct.pack(">H", len(value)) + pairs


class Decoder:
    """Values out of a stream of bytes."""

    NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h",
               0xD2: ">i", 0xD3: ">q"}
    LENGTHS = {0xD9: ("raw", ">B"), 0xDA: ("raw", ">H"), 0xDB: ("raw", ">I"), 0xC4: ("raw", ">B"),
               0xC5: ("raw", ">H"), 0xC6: ("raw", ">I"), 0xDC: ("array", ">H"), 0xDD: ("array", ">I"),
               0xDE: ("map", ">H"), 0xDF: ("map", ">I")}

    def __init__(self):
        self.bytes = b""
        self.position = 0

    def feed(self, more):
        self.bytes = self.bytes[self.position:] + more
        self.position = 0

    def next(self):
        """The next value; Incomplete if it is not here yet, and then nothing is taken."""
        start = self.position
        try:
            return self.value()
        except Incomplete:
            self.position = start
            raise

    def take(self, count):
        end = self.position + count
        if end > len(self.bytes):
            raise Incomplete
        taken = self.bytes[self.position:end]
        self.position = end
        return taken

    def number(self, form):
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def value(self):
        tag = self.take(1)[0]
        if tag < 0x80:
            return tag
        if tag < 0x90:
            return self.many("map", tag & 15)
        if tag < 0xA0:
            return self.many("array", tag & 15)
        if tag < 0xC0:
            return self.many("raw", tag & 31)
        if tag >= 0xE0:
            return tag - 256
        if tag in (0xC0, 0xC2, 0xC3):
            return {0xC0: None, 0xC2: False, 0xC3: True}[tag]
        if tag in self.NUMBERS:
            return self.number(self.NUMBERS[tag])
        kind, form = self.LENGTHS[tag]
        return self.many(kind, self.number(form))

    def many(self, kind, count):
        if kind == "raw":
            return self.take(count).decode(errors="replace")
        if kind == "array":
            return [self.value() for _ in range(count)]
        return {self.value(): self.value() for _ in range(count)}
