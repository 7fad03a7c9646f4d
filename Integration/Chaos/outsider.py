#!/usr/bin/env python3
"""An outsider on the wire who has no key: floods a member as fast as this machine sends, under its own address, under
strangers' and under a member's; then sends everything again that it has recorded. Nobody may be thought dead, no table may
change, the daemon must answer, and its CPU time is bounded. Needs root, iproute2, nftables and gcc."""

import argparse
import os
import random
import socket
import struct
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../PythonLab"))

import processes  # noqa: E402
from machine import Failure  # noqa: E402
from storm import Storm  # noqa: E402

PORT = 8473
HARDWARE = bytes.fromhex("02fe170000ee")
# Of a core, beside what the kernel itself spends on receiving.
CPU_BOUND = 0.8


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feltd", required=True)
    parser.add_argument("--leasectl", required=True)
    parser.add_argument("--nodes", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=15, help="of each flood")
    parser.add_argument("--record", type=float, default=30, help="seconds of recording before the replay")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--keep", default=".build/outsider")
    options = parser.parse_args()
    options.tight, options.minutes, options.round, options.only = False, 0, 0, None
    return options


class Outsider(Storm):
    """The attacker's frames go into the bridge as if its own port had sent them."""

    def __enter__(self):
        super().__enter__()
        self.wire = self.field.inside(self.field.switch, self.open_wire)
        self.assemble()
        time.sleep(5)
        return self

    @staticmethod
    def open_wire():
        subprocess.run(["ip", "link", "add", "evil", "type", "veth", "peer", "name", "evil-port"], check=True)
        subprocess.run(["ip", "link", "set", "evil-port", "master", "br0", "up"], check=True)
        subprocess.run(["ip", "link", "set", "evil", "up"], check=True)
        wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        wire.bind(("evil", 0))
        return wire

    def record(self, seconds):
        """All gossip on the switch, as frames of the attacker's own hardware address: a switch that believes it is the
        members' port would be another attack."""
        tap = self.field.inside(self.field.switch, lambda: socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)))
        tap.settimeout(0.2)
        frames, until = [], time.monotonic() + seconds
        with tap:
            while time.monotonic() < until:
                try:
                    frame, sender = tap.recvfrom(4_096)
                except TimeoutError:
                    continue
                if sender[0].startswith("p") and sender[2] != 4 and frame[23:24] == b"\x11" and \
                        struct.unpack(">H", frame[36:38])[0] == PORT:
                    frames.append(frame[:6] + HARDWARE + frame[12:])
        return frames

    def frame(self, source, target, payload):
        """Ethernet, IPv4 and UDP without a checksum (RFC 768, 791)."""
        header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0,
                             socket.inet_aton(source), socket.inet_aton(target))
        words = sum(struct.unpack(">10H", header))
        words = (words & 0xFFFF) + (words >> 16)
        header = header[:10] + struct.pack(">H", 0xFFFF - ((words & 0xFFFF) + (words >> 16))) + header[12:]
        hardware = bytes.fromhex(self.field.hardware_address(1).replace(":", ""))
        return hardware + HARDWARE + b"\x08\x00" + header + struct.pack(">HHHH", PORT, PORT, 8 + len(payload), 0) + payload

    def attack(self, name, frames, seconds):
        """Sends for that long and judges the victim, n1."""
        victim = self.machines[1]
        tables, before = self.tables(), victim.ask("status")["gossip"]
        suspicions = self.suspicions()
        cpu, began, sent, slowest = processes.cpu_seconds(victim.process.pid), time.monotonic(), 0, 0.0
        asked = began
        while (now := time.monotonic()) < began + seconds:
            for _ in range(500):
                try:
                    self.wire.send(frames[sent % len(frames)])
                except OSError:
                    pass  # No buffer: as fast as it goes.
                sent += 1
            if now - asked > 1:
                asked = time.monotonic()
                victim.ask("status")
                slowest = max(slowest, time.monotonic() - asked)
        elapsed = time.monotonic() - began
        share = (processes.cpu_seconds(victim.process.pid) - cpu) / elapsed
        after = victim.ask("status")["gossip"]
        counted = {key: after[key] - before.get(key, 0) for key in after
                   if key.startswith("datagrams") and after[key] > before.get(key, 0)}
        self.say(f"{name}: {sent / elapsed:,.0f} packets/s for {elapsed:.0f} s, CPU {share:.0%} of a core, "
                 f"slowest answer {slowest * 1000:.0f} ms, {counted}")
        if share > CPU_BOUND:
            raise Failure(f"{name}: {share:.0%} of a core")
        if slowest > 1:
            raise Failure(f"{name}: status took {slowest:.1f} s")
        if self.suspicions() != suspicions:
            raise Failure(f"{name}: a member was suspected")
        if self.tables() != tables:
            raise Failure(f"{name}: a table has changed")
        self.raise_failure()

    def tables(self):
        return {node: sorted((lease["subnet"], lease["nodeID"], lease["seq"], lease["publicIP"], lease["liveness"])
                             for lease in machine.ask("list")) for node, machine in self.machines.items()}

    def suspicions(self):
        count = 0
        for machine in self.machines.values():
            with open(f"{machine.folder}/log") as log:
                count += sum(" memberSuspect:" in line or " memberUnreachable:" in line for line in log)
        return count

    def attacks(self):
        seconds, target = self.given.seconds, self.field.address(1)
        genuine = next(frame for frame in self.record(10))[42:50]
        self.attack("noise", [self.frame("172.30.9.9", target, os.urandom(length)) for length in (8, 64, 700, 1_400)], seconds)
        forged = [genuine + os.urandom(length) for length in (32, 200, 1_000, 1_300)]
        self.attack("forgeries", [self.frame("172.30.9.9", target, each) for each in forged], seconds)
        strangers = [f"172.30.{self.chance.randint(16, 250)}.{self.chance.randint(1, 250)}" for _ in range(2_000)]
        self.attack("forgeries of many strangers", [
            self.frame(source, target, forged[index % len(forged)]) for index, source in enumerate(strangers)], seconds)
        recorded = self.record(self.given.record)
        self.say(f"recorded {len(recorded)} datagrams in {self.given.record:.0f} s")
        self.attack("replay", recorded, seconds)

    def storm(self):
        try:
            self.attacks()
            return True
        except Failure as failure:
            self.say(f"FAILURE: {failure}")
            return False


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="felt-outsider-") as folder:
        os.chmod(folder, 0o755)
        with Outsider(options, folder) as outsider:
            return 0 if outsider.storm() else 1


if __name__ == "__main__":
    sys.exit(main())
