"""What must hold some time after the last fault."""

import json
import time

from machine import Failure

BOUND = 90


def verify(chaos, bound=BOUND):
    """Waits until everything is right; gives the seconds that it took."""
    began = time.monotonic()
    while True:
        chaos.raise_failure()
        wrong = list(complaints(chaos))
        if not wrong:
            return time.monotonic() - began
        if time.monotonic() - began > bound:
            raise Failure(f"{bound} s after the last fault:\n  " + "\n  ".join(wrong[:20]))
        time.sleep(0.5)


def complaints(chaos):
    tables, holders = {}, {}
    for machine in chaos.machines.values():
        try:
            status, leases = machine.ask("status"), machine.ask("list")
        except (OSError, RuntimeError, ValueError) as error:
            yield f"{machine} does not answer: {error}"
            continue
        subnet = status.get("lease")
        # Nobody takes from those who are there; of the absent, static claims stay.
        if not status["ready"] and not (status["state"] == "exhausted" and status["pool"]["free"] == 0):
            yield f"{machine} is not ready: {status['state']}"
        if subnet is None:
            if status["pool"]["free"] > 0:
                yield f"{machine} holds nothing ({status['state']}), and {status['pool']['free']} are free"
        else:
            if subnet in holders:
                yield f"{subnet} is held by {holders[subnet]} and {machine}"
            holders[subnet] = machine
            if machine.wired != subnet:
                yield f"subnet.env of {machine} says {machine.wired}, its lease is {subnet}"
        if (status.get("store") or {}).get("problem"):
            yield f"store of {machine}: {status['store']['problem']}"
        alive = status["peers"]["alive"]
        if alive != len(chaos.machines) - 1:
            yield f"{machine} sees {alive} alive"
        tables.setdefault(json.dumps(sorted((l["subnet"], l["nodeID"], l["seq"]) for l in leases)), []).append(str(machine))
    if len(tables) > 1:
        yield f"tables differ: {describe(tables)}"
    if kernels := list(complaints_of_kernels(chaos)):
        yield from kernels
        return
    everybody = {(a, b) for a in chaos.machines for b in chaos.machines
                 if a != b and chaos.machines[a].wired and chaos.machines[b].wired}
    missing = everybody - chaos.pings.working()
    if missing:
        yield "no packets between " + ", ".join(f"n{a} → n{b}" for a, b in sorted(missing)[:10])


def complaints_of_kernels(chaos):
    for machine in chaos.machines.values():
        diff = machine.leasectl("routes", "--diff")
        if diff.returncode != 0:
            yield f"kernel of {machine} differs ({diff.returncode}): {(diff.stdout + diff.stderr).strip()[:300]}"


def describe(tables):
    parsed = {names[0]: set(map(tuple, json.loads(text))) for text, names in tables.items()}
    common = set.intersection(*parsed.values())
    return "; ".join(f"{','.join(tables_of(tables, name))}: {sorted(own - common)[:4]}" for name, own in parsed.items())


def tables_of(tables, first):
    return next(names for names in tables.values() if names[0] == first)
