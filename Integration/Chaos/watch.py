"""What must hold at every moment, looked at all the time."""

import threading
import time

from machine import Failure

BOUNDS = {"rss": 64, "threads": 24, "descriptors": 96, "disk": 3 << 20, "log": 64 << 20}
SILENCE = 10
SETTLED = 5


class Watch:
    """A thread that asks every daemon each second, lets the pods follow subnet.env, and judges.

    `failure` holds the first thing that was wrong; the main thread raises it."""

    def __init__(self, machines, field, links):
        self.machines, self.field, self.links = machines, field, links
        self.pings = None
        self.failure = None
        self.wrong = {}
        self.highest = {key: 0 for key in BOUNDS}
        # Their own subnets were taken from them; what becomes of their packets is looked at when all is well again.
        self.tainted = set()
        # They have another address, and some are kept from hearing of it.
        self.unheard = set()
        self.gossiped = time.monotonic()
        # While everything comes together again, conflicts are settled and routes change.
        self.settling = False
        self.ending = False
        self.looking = threading.Lock()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def start(self, pings):
        self.pings = pings
        self.thread.start()

    def close(self):
        self.ending = True
        self.thread.join()

    def moved(self, node):
        self.unheard.add(node)

    def run(self):
        while not self.ending:
            began = time.monotonic()
            try:
                self.look()
            except Failure as failure:
                self.failure = self.failure or failure
            except Exception as error:  # A mistake in here must not end in silence.
                self.failure = self.failure or error
            time.sleep(max(0.1, 1 - (time.monotonic() - began)))

    def look(self):
        for machine in self.machines.values():
            with self.looking:
                self.look_at(machine)
        claims = {}
        for node, machine in self.machines.items():
            if machine.wired is not None:
                claims.setdefault(machine.wired, []).append(node)
        for nodes in claims.values():
            if len(nodes) > 1:
                # Who keeps it is being settled.
                self.pings.doubt(lambda source, target: source in nodes or target in nodes)
        if self.links.cuts_gossip():
            self.gossiped = time.monotonic()
        elif time.monotonic() - self.gossiped > SILENCE:
            self.unheard.clear()
        doubtful = self.tainted | self.unheard
        self.pings.doubt(lambda source, target: self.links.cuts_data(source, target) or source in doubtful
                         or target in doubtful)
        if self.settling:
            return
        for (source, target), seconds in self.pings.silent(SILENCE):
            raise Failure(f"packets from n{source} to n{target} stopped {seconds:.0f} s ago, "
                          "and nothing was done that may stop them")

    def look_at(self, machine):
        process = machine.process
        if process is not None and process.poll() is not None:
            if machine.may_end():
                machine.start()
                return
            raise Failure(f"feltd on {machine} has ended by itself: status {process.returncode}")
        if machine.rewire():
            self.pings.doubt_node(machine.node)
        if not machine.up():
            return
        try:
            costs = machine.costs()
            machine.status = machine.ask("status")
            leases = machine.ask("list")
        except (OSError, RuntimeError, ValueError, AttributeError):
            return  # It is starting, or was ended just now; `verify` insists.
        self.judge(machine, costs)
        now = time.monotonic()
        view = {lease["subnet"]: lease["nodeID"] for lease in leases if lease.get("class") != "tentative"}
        for subnet, owner in view.items():
            if machine.view.get(subnet) != owner:
                machine.view_since[subnet] = now
        if machine.node_id != machine.status["nodeID"]:
            machine.node_id, machine.id_since = machine.status["nodeID"], now
        machine.view, machine.seen = view, now

    def judge(self, machine, costs):
        for key, bound in BOUNDS.items():
            self.highest[key] = max(self.highest[key], costs[key])
            if costs[key] > bound:
                raise Failure(f"{key} of feltd on {machine} is {costs[key]}, above {bound}")

    def heard(self, source, by, subnet, sent):
        """A pod of `source` sent to an address of the subnet; a pod of `by` answered."""
        asker, answerer = self.machines[source], self.machines[by]
        now = time.monotonic()
        owner_id = asker.view.get(subnet)
        owners = [machine for machine in self.machines.values() if machine.node_id == owner_id]
        place = (source, subnet)
        # What the asker's daemon has believed for a while must be what its kernel does, as long as that owner has the subnet.
        if (owner_id is None or len(owners) != 1 or owners[0] is answerer or owners[0].wired != subnet
                or not settled(asker, now) or now - asker.view_since.get(subnet, now) < SETTLED
                or now - owners[0].id_since < SETTLED or sent < now - 5):
            self.wrong.pop(place, None)
            return
        first = self.wrong.setdefault(place, now)
        if now - first > SETTLED:
            self.failure = self.failure or Failure(
                f"{asker} believes that {subnet} is {owners[0]}'s, and its packets reach {answerer}")


def settled(machine, now):
    return machine.up() and now - machine.since > 2 * SETTLED and now - getattr(machine, "seen", 0) < 2
