"""The run: machines, faults in rounds, and what is kept of a failure."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

import evidence
import faults
from commands import run
from field import Field
from links import Links
from machine import Failure, Machine
from pings import Pings
from verify import verify
from watch import Watch

HERE = os.path.dirname(os.path.abspath(__file__))


def leave_when_ended():
    """What is under way is taken down also when the run is ended from outside."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(130))


class Options:
    """What all machines of a run have in common."""

    def __init__(self, given, folder):
        self.chance = random.Random(given.seed)
        self.leasectl = os.path.abspath(given.leasectl)
        self.programs = self.copies(given.feltd.split(","), folder)
        self.tokens = []
        self.library = f"{folder}/faults.so"
        # Some storms over a pool that is just enough.
        self.tight = self.chance.random() < 0.25 and given.tight
        self.slots = list(range(1, given.nodes + 3 if self.tight else 256))
        self.flags = ["--subnet-max", f"10.244.{self.slots[-1]}.0"] if self.tight else []
        run("gcc", "-O1", "-shared", "-fPIC", "-o", self.library, f"{HERE}/../FaultInjection/faults.c", "-ldl", "-lpthread")

    @staticmethod
    def copies(programs, folder):
        """An upgrade exchanges the file; of one program it is another copy."""
        copies = []
        for index, program in enumerate(programs if len(programs) > 1 else programs * 2):
            copies.append(f"{folder}/feltd-{index}")
            shutil.copy(program, copies[-1])
        return copies


class Storm:
    def __init__(self, given, folder):
        self.given, self.folder = given, folder
        self.options = Options(given, folder)
        self.chance = self.options.chance
        self.field = Field(given.nodes)
        self.links = Links(self.field)
        self.machines, self.relays = {}, {}
        self.counts, self.history, self.settled = Counter(), [], []
        self.watch = self.pings = None
        self.began = time.monotonic()
        self.rounds = 0

    def __enter__(self):
        self.field.__enter__()
        try:
            for node in self.field.nodes:
                self.machines[node] = Machine(self.field, node, f"{self.folder}/n{node}", self.options)
            self.victims = list(self.machines.values())
            self.watch = Watch(self.machines, self.field, self.links)
            self.pings = Pings(self.machines, self.field, self.watch.heard)
            self.watch.start(self.pings)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.watch is not None and self.watch.thread.is_alive():
            self.watch.close()
        if self.pings is not None:
            self.pings.close()
        for relay in list(self.relays):
            self.take_relay(relay)
        for machine in self.machines.values():
            machine.close()
        self.field.__exit__()

    def tick(self):
        """Between faults, some times a second."""

    # The run.

    def run(self):
        """Whether everything held."""
        try:
            self.assemble()
            while time.monotonic() - self.began < self.given.minutes * 60:
                self.rounds += 1
                self.rage()
                self.heal()
            return True
        except Failure as failure:
            self.say(f"FAILURE: {failure}")
            place = f"{self.given.keep}/{self.given.seed}"
            evidence.keep(self, place, str(failure))
            self.say(f"logs, databases and kernel state are in {place}")
            return False

    def say(self, text):
        line = f"{time.monotonic() - self.began:7.1f} {text}"
        self.history.append(line)
        print(line, flush=True)

    def raise_failure(self):
        if self.watch.failure is not None:
            raise self.watch.failure

    def assemble(self):
        first, *others = self.machines.values()
        self.watch.settling = True
        first.start()
        self.refresh_token(first, patience=20)
        for machine in others:
            machine.start()
        took = verify(self)
        self.watch.settling = False
        self.say(f"assembled in {took:.1f} s")

    def rage(self):
        ends = []
        until = time.monotonic() + self.given.round
        # Storms differ: some few and long faults, some many and short.
        pace, length = self.chance.choice([0.5, 1.5, 3]), self.chance.choice([3, 10, 30])
        names = self.given.only.split(",") if self.given.only else sorted(faults.ALL)
        due = 0.0
        while time.monotonic() < until:
            self.raise_failure()
            now = time.monotonic()
            for moment, name, machine, end in [each for each in ends if each[0] <= now]:
                end()
                self.say(f"  end of {name} {machine}")
            ends = [each for each in ends if each[0] > now]
            if now >= due:
                name, machine = self.chance.choice(names), self.chance.choice(self.victims)
                self.say(f"{name} {machine}")
                with self.watch.looking:
                    end = faults.ALL[name](self, self.chance, machine)
                self.counts[name] += 1
                if end is not None:
                    ends.append((time.monotonic() + self.chance.expovariate(1 / length), name, machine, end))
                due = time.monotonic() + self.chance.expovariate(1 / pace)
            self.tick()
            time.sleep(0.05)
        with self.watch.looking:
            for _, _, _, end in ends:
                end()

    def heal(self):
        self.watch.settling = True
        self.links.clear()
        for relay in list(self.relays):
            self.take_relay(relay)
        with self.watch.looking:
            for machine in self.machines.values():
                machine.resume()
                machine.heal_disk()
                machine.start()
        self.operate()
        self.watch.tainted.clear()
        took = verify(self)
        self.settled.append(took)
        self.retire_keys()
        if self.chance.random() < 0.5:
            self.forget_the_absent()
        self.watch.settling = False
        self.say(f"all right {took:.1f} s after round {self.rounds}; {self.pings.answered} answers so far")

    def operate(self):
        """What an operator does when the storm is over: ends releases and pins, and lets in who is out."""
        self.end_orders(self.machines.values())
        time.sleep(5)
        peers = {}
        for machine in self.machines.values():
            try:
                peers[machine] = machine.ask("status")["peers"]["alive"]
            except (OSError, RuntimeError, ValueError):
                pass  # `verify` says so if it stays so.
        if not peers or max(peers.values()) == 0:
            return
        leader = max(peers, key=peers.get)
        self.refresh_token(leader)
        out = {machine for machine, alive in peers.items() if alive == 0} | self.without_key_of(leader)
        sealing = self.sealing_key(leader)
        for machine in out:
            self.let_in(machine, sealing)
        self.end_orders(out)

    def let_in(self, machine, sealing):
        """One that was given another key while it was cut off is told to use the others'; one that has not theirs needs a
        token."""
        has_another = sealing is not None and self.sealing_key(machine) != sealing
        if has_another and machine.leasectl("key", "use", sealing, "--force").returncode == 0:
            self.say(f"{machine} is out, and is told to use key {sealing}")
            return
        self.say(f"{machine} is out, and gets a token")
        with self.watch.looking:
            machine.kill(15)
            machine.start()

    def without_key_of(self, leader):
        """Who was new, or lives under another's identity, when the keys changed, is a stranger with a key that is void: it
        cannot come in by itself. Who is only behind gets the keys meanwhile."""
        until = time.monotonic() + 15
        while True:
            sealing = self.sealing_key(leader)
            missing = {machine for machine in self.machines.values() if self.sealing_key(machine) not in (sealing, None)}
            if not missing or time.monotonic() >= until:
                return missing
            time.sleep(0.5)

    @staticmethod
    def sealing_key(machine):
        """Its id; `None` if the machine does not say, and `verify` tells if it stays so."""
        try:
            answer = machine.leasectl("-o", "json", "key", "list")
        except subprocess.TimeoutExpired:
            return None
        if answer.returncode != 0:
            return None
        return next((key["id"] for key in json.loads(answer.stdout)["keys"] if key.get("seals")), None)

    def end_orders(self, machines):
        deadline, waiting = time.monotonic() + 20, set(machines)
        while waiting and time.monotonic() < deadline:
            self.raise_failure()
            for machine in list(waiting):
                if machine.leasectl("reserve", "self", "any").returncode == 0:
                    waiting.discard(machine)
            time.sleep(0.2)

    def forget_the_absent(self):
        """Disks that were lost and identities that were exchanged leave nodes that never return; an operator clears up."""
        machine = self.chance.choice(list(self.machines.values()))
        for member in machine.ask("members"):
            if member["liveness"] in ("unreachable", "left"):
                machine.leasectl("node", "forget", member["nodeID"])

    # Keys.

    def refresh_token(self, machine, patience=0):
        until = time.monotonic() + patience
        while True:
            token = machine.leasectl("token")
            if token.returncode == 0:
                self.options.tokens = [token.stdout.strip()]
                return
            if time.monotonic() >= until:
                return
            time.sleep(0.2)

    def retire_keys(self):
        """All have all keys now: those that do not seal go."""
        machine = self.chance.choice(list(self.machines.values()))
        ring = json.loads(machine.leasectl("-o", "json", "key", "list").stdout)
        for key in ring["keys"]:
            if not key.get("seals"):
                machine.leasectl("key", "remove", key["id"])
        self.refresh_token(machine)

    # What faults use.

    def doubt(self, machine):
        self.pings.doubt_node(machine.node)

    def doubt_cut(self):
        self.pings.doubt(self.links.cuts_data)

    def taint(self, machine):
        self.watch.tainted.add(machine.node)
        self.doubt(machine)

    def put_relay(self, machine, seed, delay, jitter, duplicated):
        node = machine.node
        if node in self.relays:
            return None
        inside = ["nsenter", f"--net=/run/netns/{self.field.switch}"]
        run("ip", "-n", self.field.switch, "link", "set", f"p{node}", "nomaster", "promisc", "on")
        words = [*inside, "python3", f"{HERE}/relay.py", f"p{node}", f"t{node}",
                 *(str(each) for each in (seed, delay, jitter, duplicated))]
        self.relays[node] = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.relays[node].stdout.readline()
        run("ip", "-n", self.field.switch, "link", "set", f"t{node}", "master", "br0", "up")
        return lambda: self.take_relay(node)

    def take_relay(self, node):
        relay = self.relays.pop(node, None)
        if relay is not None:
            relay.stdin.close()
            relay.wait()
            relay.stdout.close()
            run("ip", "-n", self.field.switch, "link", "set", f"p{node}", "master", "br0", "promisc", "off")

    def report(self):
        return {
            "seed": self.given.seed, "nodes": self.given.nodes, "minutes": (time.monotonic() - self.began) / 60,
            "rounds": self.rounds, "tightPool": self.options.tight, "faults": dict(sorted(self.counts.items())),
            "faultsInAll": sum(self.counts.values()), "healedSeconds": [round(each, 1) for each in self.settled],
            "answers": self.pings.answered, "longestGapSeconds": round(self.pings.longest_gap, 1),
            "highest": {key: round(value, 1) for key, value in self.watch.highest.items()},
        }
