"""Packets among all pods, all the time, each answered with the name of the machine that got it."""

import selectors
import socket
import threading
import time

from field import pod_address

PORT = 7777
INTERVAL = 0.5


class Pings:
    """One thread; the sockets are the pods', made within their namespaces.

    A pair is established once an answer came from the right machine. What may break it takes it back with `doubt`; what
    is established must go on working, whatever happens to the daemons."""

    def __init__(self, machines, field, on_answer):
        self.machines, self.on_answer = machines, on_answer
        self.sockets = {node: field.inside(field.pod_space(node), make_socket) for node in machines}
        self.lock = threading.Lock()
        self.established = {}
        self.not_before = {}
        self.answered = 0
        self.longest_gap = 0.0
        self.ending = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def close(self):
        self.ending = True
        self.thread.join()
        for each in self.sockets.values():
            each.close()

    def doubt(self, is_concerned, for_seconds=2.0):
        """Pairs (from, to) may stop working from now on; answers in the next seconds do not count."""
        with self.lock:
            moment = time.monotonic() + for_seconds
            for source in self.machines:
                for target in self.machines:
                    if source != target and is_concerned(source, target):
                        self.established.pop((source, target), None)
                        self.not_before[source, target] = moment

    def doubt_node(self, node, for_seconds=2.0):
        self.doubt(lambda source, target: node in (source, target), for_seconds)

    def silent(self, limit):
        """Established pairs without an answer for that many seconds."""
        now = time.monotonic()
        with self.lock:
            return [(pair, now - last) for pair, last in self.established.items() if now - last > limit]

    def working(self, within=3):
        now = time.monotonic()
        with self.lock:
            return {pair for pair, last in self.established.items() if now - last < within}

    def run(self):
        chooser = selectors.DefaultSelector()
        for node, each in self.sockets.items():
            chooser.register(each, selectors.EVENT_READ, node)
        due, ran = time.monotonic(), time.monotonic()
        while not self.ending:
            for key, _ in chooser.select(max(0, due - time.monotonic())):
                self.receive(key.data, key.fileobj)
            now = time.monotonic()
            if now - ran > 1:
                # This thread itself was kept from running; nobody can be blamed for that time.
                with self.lock:
                    self.established = {pair: last + (now - ran) for pair, last in self.established.items()}
            ran = now
            if now >= due:
                due = now + INTERVAL
                self.send_all()

    def send_all(self):
        addresses = {node: machine.wired for node, machine in self.machines.items()}
        for source, each in self.sockets.items():
            if addresses[source] is None:
                continue
            for target, subnet in addresses.items():
                if target == source or subnet is None:
                    continue
                try:
                    each.sendto(f"ask {source} {target} {subnet} {time.monotonic()}".encode(),
                                (pod_address(subnet), PORT))
                except OSError:
                    pass  # No route, or no address now; silence tells.

    def receive(self, node, each):
        try:
            data, sender = each.recvfrom(2_048)
            words = data.decode().split()
            if words[0] == "ask":
                each.sendto(" ".join(["told", str(node), *words[1:]]).encode(), sender)
                return
        except OSError:
            return  # An ICMP error of an earlier packet.
        by, source, target = (int(word) for word in words[1:4])
        subnet, sent, now = words[4], float(words[5]), time.monotonic()
        self.answered += 1
        if by == target:
            with self.lock:
                pair = (source, target)
                if sent >= self.not_before.get(pair, 0) and now - sent < 5:
                    last = self.established.get(pair)
                    self.longest_gap = max(self.longest_gap, now - last if last else 0)
                    self.established[pair] = now
        self.on_answer(source, by, subnet, sent)


def make_socket():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind(("0.0.0.0", PORT))
    return made
