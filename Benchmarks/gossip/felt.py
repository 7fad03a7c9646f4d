"""feltd as the benchmark runs it: its defaults, sealed, in VXLAN mode, everybody with the same seeds."""

import base64
import json
import os
import socket
import time


class Felt:
    name = "felt"
    failure_limit = 60

    def __init__(self, network, folder, binary, seeds):
        self.network = network
        self.folder = folder
        self.binary = binary
        self.seeds = ",".join(network.address(node) for node in network.nodes[:seeds])
        self.key_file = f"{folder}/key"
        os.makedirs(folder)
        with open(os.open(self.key_file, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(base64.b64encode(os.urandom(32)).decode() + "\n")

    def words(self, node):
        home = f"{self.folder}/n{node}"
        return [self.binary, "--name", f"n{node}", "--key-file", self.key_file, "--join", self.seeds,
                "--state-dir", f"{home}/state", "--run-dir", f"{home}/run", "--subnet-file", f"{home}/subnet.env"]

    def socket_path(self, node):
        return f"{self.folder}/n{node}/run/feltd.sock"

    def streams(self, node):
        """The event stream, then what was known before it began; OSError while the daemon does not answer yet."""
        watch, heard = self.open(node, "watch"), set()
        try:
            return [Lines(node, watch, Lines.event, heard)] + [
                Lines(node, self.open(node, method), take, heard)
                for method, take in (("members", Lines.members), ("list", Lines.leases))]
        except OSError:
            watch.close()
            raise

    def open(self, node, method):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(self.socket_path(node))
            connection.sendall(json.dumps({"id": 1, "method": method}).encode() + b"\n")
        except OSError:
            connection.close()
            raise
        return connection

    def status(self, node):
        with self.open(node, "status") as connection, connection.makefile() as lines:
            return json.loads(lines.readline())["result"]

    def changes(self):
        return {"change": self.change}

    def change(self, node, observer):
        """The machine's address changes, so its record does. Gives when, and what the others will say."""
        to_second = node not in self.network.moved
        token = self.network.second_address(node) if to_second else self.network.address(node)
        started = time.monotonic()
        self.network.move(node, to_second)
        return started, f"n{node} {token}"


class Lines:
    """JSON lines of the control socket. `heard`: of what events have told; an answer that is read later may be older."""

    MEMBER = {"memberAlive": "alive", "memberSuspect": "suspect", "memberUnreachable": "failed", "memberLeft": "left",
              "leaseAdded": "lease", "leaseRemoved": "unlease"}
    LIVENESS = {"alive": "alive", "suspect": "suspect", "unreachable": "failed", "left": "left"}

    def __init__(self, node, connection, take, heard):
        self.node = node
        self.socket = connection
        self.take = take
        self.heard = heard
        self.rest = b""

    def feed(self, more):
        *lines, self.rest = (self.rest + more).split(b"\n")
        for line in lines:
            yield from self.take(self, json.loads(line)["result"])

    def event(self, result):
        kind, subject = result["kind"], result.get("node")
        if kind in self.MEMBER:
            self.heard.add((kind.startswith("lease"), subject))
            yield self.MEMBER[kind], subject
        elif kind == "addressChanged":
            yield "change", f"{subject} {result['message'].split()[-1]}"

    def members(self, result):
        for member in result:
            if member["node"] != f"n{self.node}" and (False, member["node"]) not in self.heard:
                yield self.LIVENESS[member["liveness"]], member["node"]

    def leases(self, result):
        for lease in result:
            if not lease["self"] and lease["class"] != "tentative" and (True, lease["node"]) not in self.heard:
                yield "lease", lease["node"]
