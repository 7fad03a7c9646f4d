"""One process that hears from all agents at once, and stamps what it hears with its own monotonic clock."""

import os
import selectors
import time
from collections import namedtuple

# kind: alive, suspect, failed, left, lease, unlease, change. subject: a node's name, or the change's token.
Event = namedtuple("Event", "time node kind subject")


def hear_at_once():
    """This process runs before all agents, not those that it starts: where they fill the cores, it would hear late."""
    os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))


class View:
    """What one node has said of the others."""

    def __init__(self):
        self.alive = set()
        self.failed = set()
        self.leases = set()

    def take(self, kind, subject):
        if kind in ("alive", "failed", "left"):
            (self.alive.add if kind == "alive" else self.alive.discard)(subject)
            (self.failed.add if kind == "failed" else self.failed.discard)(subject)
        elif kind == "lease":
            self.leases.add(subject)
        elif kind == "unlease":
            self.leases.discard(subject)


class Observer:
    """Streams are objects with a `socket`, a `node` and `feed(bytes)`, which gives pairs of kind and subject."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        self.views = {}
        self.events = []
        self.streams = {}

    def add(self, stream):
        stream.socket.setblocking(False)
        self.selector.register(stream.socket, selectors.EVENT_READ, stream)
        self.streams.setdefault(stream.node, []).append(stream)
        self.views.setdefault(stream.node, View())

    def forget(self, node):
        """The node's process has ended, or is about to."""
        for stream in self.streams.pop(node, []):
            self.close(stream)
        self.views.pop(node, None)

    def close(self, stream):
        if stream.socket.fileno() >= 0:
            self.selector.unregister(stream.socket)
            stream.socket.close()

    def listen(self, seconds):
        """Takes what comes until one batch came or the time is over."""
        for key, _ in self.selector.select(max(seconds, 0)):
            stream = key.data
            try:
                bytes_read = stream.socket.recv(1 << 18)
            except ConnectionError:
                bytes_read = b""
            now = time.monotonic()
            if not bytes_read:
                self.close(stream)
                continue
            for kind, subject in stream.feed(bytes_read):
                self.take(Event(now, stream.node, kind, subject))

    def take(self, event):
        self.events.append(event)
        if event.node in self.views:
            self.views[event.node].take(event.kind, event.subject)

    def wait(self, condition, limit, idle=lambda: None, interval=0.5, rest=0):
        """Listens until the condition holds. Gives when the last event came, or None once `limit` seconds are over.

        rest: seconds between two looks, where all speak at once and the observer must not take the agents' time."""
        end = time.monotonic() + limit
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.listen(min(left, interval))
            idle()
            time.sleep(rest)
        return self.events[-1].time if self.events else time.monotonic()

    def spend(self, seconds):
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.listen(left)

    def stop(self):
        for node in list(self.streams):
            self.forget(node)
        self.selector.close()
