"""The faults. Each is a function of (chaos, chance, machine) that does it, and gives what ends it, or None."""

import json
import os
import signal
import subprocess

from commands import run, try_run

ALL = {}


def fault(function):
    ALL[function.__name__] = function
    return function


# Processes.

@fault
def kill(chaos, chance, machine):
    machine.kill(signal.SIGKILL)
    return machine.start


@fault
def terminate(chaos, chance, machine):
    machine.kill(signal.SIGTERM)
    return machine.start


@fault
def stop(chaos, chance, machine):
    if machine.up():
        machine.stop()
    return machine.resume


@fault
def restart(chaos, chance, machine):
    machine.kill(chance.choice([signal.SIGKILL, signal.SIGTERM]))
    machine.start()


@fault
def upgrade(chaos, chance, machine):
    machine.kill(signal.SIGTERM)
    machine.program = chance.choice(chaos.options.programs)
    machine.start()


@fault
def reboot(chaos, chance, machine):
    machine.kill(chance.choice([signal.SIGKILL, signal.SIGTERM]))
    chaos.doubt(machine)
    machine.forget_kernel_state()
    chaos.doubt(machine)
    return machine.start


# Disks.

@fault
def disk_copied(chaos, chance, machine):
    machine.copy_disk(f"{machine.folder}/copy")


@fault
def disk_older(chaos, chance, machine):
    copy = f"{machine.folder}/copy"
    if not os.path.exists(copy):
        return disk_copied(chaos, chance, machine)
    machine.kill(signal.SIGKILL)
    chaos.taint(machine)
    machine.replace_disk(copy)
    return machine.start


@fault
def disk_lost(chaos, chance, machine):
    machine.kill(signal.SIGKILL)
    chaos.taint(machine)
    machine.replace_disk(None)
    return machine.start


@fault
def disk_cloned(chaos, chance, machine):
    """Another machine gets this one's disk; now and then the copy is that good that software cannot tell them apart."""
    other = chance.choice([each for each in chaos.machines.values() if each is not machine])
    copy = f"{machine.folder}/clone"
    machine.copy_disk(copy)
    other.kill(signal.SIGKILL)
    chaos.taint(machine)
    chaos.taint(other)
    other.replace_disk(copy)
    if chance.random() < 0.3:
        run("cp", machine.machine_id, other.machine_id)
    else:
        other.new_machine_id()
    return other.start


@fault
def disk_full(chaos, chance, machine):
    machine.fill_disk()
    return machine.heal_disk


@fault
def disk_failing(chaos, chance, machine):
    """Writes fail: input/output error, no space, read-only."""
    machine.fail_disk(chance.choice([5, 28, 30]))
    return machine.heal_disk


@fault
def disk_read_only(chaos, chance, machine):
    machine.kill(signal.SIGKILL)
    machine.make_disk_read_only()
    machine.start()
    return machine.heal_disk


# Links.

def nodes_at_random(chaos, chance):
    nodes = list(chaos.machines)
    return set(chance.sample(nodes, chance.randint(1, len(nodes) - 1)))


def cut(chaos, sources, targets, drop="all", only_gossip=False, both_ways=True):
    number = chaos.links.add(sources, targets, drop, only_gossip, both_ways)
    chaos.doubt_cut()
    return lambda: chaos.links.remove(number)


@fault
def link_cut(chaos, chance, machine):
    return cut(chaos, {machine.node}, set(chaos.machines) - {machine.node})


@fault
def link_one_way(chaos, chance, machine):
    others = set(chaos.machines) - {machine.node}
    targets = set(chance.sample(sorted(others), chance.randint(1, len(others))))
    pair = (targets, {machine.node}) if chance.random() < 0.5 else ({machine.node}, targets)
    return cut(chaos, *pair, both_ways=False)


@fault
def link_lossy(chaos, chance, machine):
    return cut(chaos, {machine.node}, set(chaos.machines) - {machine.node}, drop=chance.choice([5, 20, 40]))


@fault
def link_short(chaos, chance, machine):
    """Longer packets vanish, as behind a tunnel without path MTU discovery."""
    length = chance.choice([600, 1_000, 1_280, 1_400])
    return cut(chaos, {machine.node}, set(chaos.machines) - {machine.node}, drop=f"longer than {length}")


@fault
def link_small_mtu(chaos, chance, machine):
    words = ["ip", "-n", machine.space, "link", "set", "eth0", "mtu"]
    run(*words, str(chance.choice([1_300, 1_400, 1_450])))
    return lambda: run(*words, "1500")


@fault
def link_bad(chaos, chance, machine):
    """Late, out of order, twice."""
    return chaos.put_relay(machine, chance.getrandbits(30), chance.choice([0, 20, 200]), chance.choice([0, 50, 400]),
                           chance.choice([0, 10, 50]))


@fault
def partition(chaos, chance, machine):
    some = nodes_at_random(chaos, chance)
    return cut(chaos, some, set(chaos.machines) - some)


@fault
def partition_one_way(chaos, chance, machine):
    some = nodes_at_random(chaos, chance)
    return cut(chaos, some, set(chaos.machines) - some, both_ways=False)


@fault
def gossip_cut(chaos, chance, machine):
    """The control plane is in trouble, the data plane is not."""
    some = nodes_at_random(chaos, chance)
    return cut(chaos, some, set(chaos.machines) - some, only_gossip=True, both_ways=chance.random() < 0.7)


@fault
def carrier_lost(chaos, chance, machine):
    chaos.doubt(machine)
    run("ip", "-n", machine.space, "link", "set", "eth0", "down")

    def end():
        run("ip", "-n", machine.space, "link", "set", "eth0", "up")
        chaos.field.restore_routes(machine.node)
    return end


@fault
def address_changed(chaos, chance, machine):
    chaos.doubt(machine)
    chaos.field.change_address(machine.node)
    chaos.doubt(machine)
    chaos.watch.moved(machine.node)


# The machine's software, clock and operator.

@fault
def kernel_state_deleted(chaos, chance, machine):
    chaos.doubt(machine)
    inside = ["nsenter", f"--net=/run/netns/{machine.space}"]
    for words in chance.sample([
            ["ip", "route", "flush", "proto", "70"], ["ip", "link", "del", "flannel.1"],
            ["nft", "flush", "ruleset"], ["ip", "neigh", "flush", "dev", "flannel.1", "nud", "permanent"],
            ["ip", "link", "set", "flannel.1", "down"], ["ip", "addr", "flush", "dev", "flannel.1"]],
            chance.randint(1, 3)):
        try_run(*inside, *words)
    chaos.doubt(machine)


@fault
def clock_jumped(chaos, chance, machine):
    with open(machine.clock, "w") as file:
        file.write(f"{chance.choice([-1_700_000_000, -86_400, -60, 60, 86_400, 2_300_000_000])}\n")


@fault
def key_rotated(chaos, chance, machine):
    """As far as a careful operator goes while not everybody is there; the old key goes once all are well."""
    if not machine.up():
        return
    try:
        added = machine.leasectl("-o", "json", "key", "add", "--generate")
        if added.returncode == 0:
            words = ["--force"] if chance.random() < 0.2 else []
            machine.leasectl("key", "use", json.loads(added.stdout)["id"], *words)
            # Whoever comes with no key of the ring from now on needs the token of now.
            chaos.refresh_token(machine)
    except subprocess.TimeoutExpired:
        return


@fault
def reserved(chaos, chance, machine):
    operate(chaos, chance, machine, "reserve", "self", f"10.244.{chance.choice(chaos.options.slots)}.0/24")


@fault
def released(chaos, chance, machine):
    operate(chaos, chance, machine, "release", "self")


@fault
def drained(chaos, chance, machine):
    operate(chaos, chance, machine, "drain", "self")


@fault
def revoked(chaos, chance, machine):
    other = chance.choice(list(chaos.machines.values()))
    if other.wired:
        chaos.taint(other)
        operate(chaos, chance, machine, "revoke", other.wired)


def operate(chaos, chance, machine, *words):
    chaos.taint(machine)
    if machine.up():
        try:
            machine.leasectl(*words, timeout=10)
        except subprocess.TimeoutExpired:
            pass
