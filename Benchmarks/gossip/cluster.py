"""One system's agents on the network, and the observer that hears from all of them."""

import time

import processes
from observer import Observer


class Cluster:
    def __init__(self, network, system):
        self.network = network
        self.system = system
        self.observer = Observer()
        self.running = {}
        self.unheard = set()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.observer.stop()
        processes.stop(self.running.values())

    def start(self, nodes):
        """Starts agents at one moment and gives that moment; the observer joins them as soon as they listen."""
        commands = {node: (self.network.space(node), self.system.words(node)) for node in nodes}
        started, opened = processes.start_together(commands, lambda node: f"{self.system.folder}/n{node}.log")
        self.running |= started
        self.unheard |= set(nodes)
        return opened

    def kill(self, node):
        """SIGKILL; gives when."""
        self.observer.forget(node)
        moment = time.monotonic()
        processes.stop([self.running.pop(node)])
        return moment

    def listen_to_the_unheard(self):
        for node in sorted(self.unheard):
            if self.running[node].poll() is not None:
                raise RuntimeError(f"{self.system.name} on n{node} has ended; see {self.system.folder}/n{node}.log")
            try:
                streams = self.system.streams(node)
            except OSError:
                continue
            self.unheard.discard(node)
            for stream in streams:
                self.observer.add(stream)

    def wait(self, condition, limit, rest=0):
        # Every node's first word is waited for with patience, and looked for often.
        return self.observer.wait(
            lambda: not self.unheard and condition(), limit, idle=self.listen_to_the_unheard,
            interval=0.01 if self.unheard else 0.5, rest=rest)

    def missing(self):
        """Who does not see whom alive, for a person."""
        everybody = {f"n{node}" for node in self.running}
        gaps = {f"n{node}": sorted(everybody - view.alive - {f"n{node}"}) for node, view in self.observer.views.items()}
        return "; ".join(f"{node} misses {', '.join(others)}" for node, others in gaps.items() if others) or "nobody"

    def wait_for_all_alive(self, limit, rest=0):
        """Until every node sees every other alive; gives when the last one did."""
        views, others = self.observer.views, len(self.running) - 1
        return self.wait(
            lambda: len(views) == others + 1 and all(len(v.alive) >= others for v in views.values()), limit, rest)

    def wait_for_all_leases(self, limit):
        """Until every node knows a confirmed lease of every other."""
        views, others = self.observer.views, len(self.running) - 1
        return self.wait(
            lambda: len(views) == others + 1 and all(len(v.leases) >= others for v in views.values()), limit)

    def events_since(self, moment, kind):
        return [event for event in self.observer.events if event.time >= moment and event.kind == kind]
