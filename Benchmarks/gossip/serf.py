"""serf's agent as the benchmark runs it: its defaults (profile lan), encrypted, everybody with the same seeds.

Members are read from the log that the agent streams, because its event stream holds member events back for a second to
join them; user events are read from the event stream, which passes them on at once."""

import base64
import itertools
import os
import re
import time

import msgpack

RPC_PORT = 7373
MEMBER = re.compile(r"EventMember(Join|Failed|Leave|Reap|Update): (\S+)|memberlist: Suspect (\S+) has failed")
KINDS = {"Join": "alive", "Failed": "failed", "Leave": "left", "Reap": "left", "Update": "change"}


class Serf:
    name = "serf"
    failure_limit = 120

    def __init__(self, network, folder, binary, seeds):
        self.network = network
        self.folder = folder
        self.binary = binary
        self.seeds = [network.address(node) for node in network.nodes[:seeds]]
        self.key = base64.b64encode(os.urandom(32)).decode()
        self.counter = itertools.count(1)
        os.makedirs(folder)
        for node in network.nodes:
            os.makedirs(f"{folder}/n{node}")

    def words(self, node):
        # Seeds that are not up yet would else be asked again after 30 s only.
        joins = [f"-retry-join={seed}" for seed in self.seeds if seed != self.network.address(node)]
        return [self.binary, "agent", f"-node=n{node}", f"-bind={self.network.address(node)}",
                f"-rpc-addr=127.0.0.1:{RPC_PORT}", f"-encrypt={self.key}", "-profile=lan", "-retry-interval=200ms",
                *joins]

    def streams(self, node):
        return [Calls(node, self.network.connect(node, RPC_PORT))]

    def changes(self):
        return {"change": self.user_event, "tag": self.tag}

    def user_event(self, node, observer):
        payload = f"{next(self.counter)}"
        started = time.monotonic()
        self.calls(node, observer).call("event", {"Name": "bench", "Payload": payload, "Coalesce": False})
        return started, f"event {payload}"

    def tag(self, node, observer):
        started = time.monotonic()
        self.calls(node, observer).call("tags", {"Tags": {"bench": f"{next(self.counter)}"}, "DeleteTags": []})
        return started, f"n{node}"

    def calls(self, node, observer):
        return observer.streams[node][0]


class Calls:
    """One RPC connection: what was asked, and the streams that were asked for."""

    def __init__(self, node, connection):
        self.node = node
        self.socket = connection
        self.decoder = msgpack.Decoder()
        self.asked = {}
        self.answered = set()
        self.heard = set()
        self.header = None
        for command, body in (("handshake", {"Version": 1}), ("monitor", {"LogLevel": "INFO"}),
                              ("stream", {"Type": "user"}), ("members", None)):
            self.call(command, body)

    def call(self, command, body=None):
        sequence = len(self.asked) + 1
        self.asked[sequence] = command
        request = msgpack.encode({"Command": command, "Seq": sequence})
        self.socket.sendall(request + (msgpack.encode(body) if body is not None else b""))

    def feed(self, more):
        self.decoder.feed(more)
        while True:
            try:
                if self.header is None:
                    self.header = self.decoder.next()
                if self.has_body():
                    body = self.decoder.next()
                    yield from self.take(self.asked[self.header["Seq"]], body)
            except msgpack.Incomplete:
                return
            if self.header["Error"]:
                raise RuntimeError(f"serf on n{self.node} refuses {self.header}")
            self.answered.add(self.header["Seq"])
            self.header = None

    def has_body(self):
        command, is_first = self.asked[self.header["Seq"]], self.header["Seq"] not in self.answered
        return command == "members" or (command in ("monitor", "stream") and not is_first)

    def take(self, command, body):
        if command == "monitor":
            yield from self.log_line(body["Log"])
        elif command == "stream":
            yield "change", f"event {body['Payload']}"
        else:
            for member in body["Members"]:
                name = member["Name"]
                if name != f"n{self.node}" and member["Status"] == "alive" and name not in self.heard:
                    yield "alive", name

    def log_line(self, line):
        found = MEMBER.search(line)
        if not found:
            return
        word, subject, suspect = found.groups()
        if suspect:
            yield "suspect", suspect
        elif subject != f"n{self.node}":
            self.heard.add(subject)
            yield KINDS[word], subject
