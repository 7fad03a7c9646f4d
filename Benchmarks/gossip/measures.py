"""What is measured. Times are seconds on one clock, from the cause to the word of the last node."""

import random
import sys
import time

import processes

PATIENCE = 120


def started_at_once(cluster, results):
    """All agents start at one moment, until every node knows every other."""
    opened = cluster.start(cluster.network.nodes)
    results.add("join", since(opened, alive_everywhere(cluster, rest=0.01)))
    if cluster.system.name == "felt":
        results.add("leases", since(opened, cluster.wait_for_all_leases(PATIENCE)))


def alive_everywhere(cluster, rest=0):
    moment = cluster.wait_for_all_alive(PATIENCE, rest)
    if moment is None:
        print(f"{cluster.system.name} is not together after {PATIENCE} s: {cluster.missing()}", file=sys.stderr)
    return moment


def since(cause, effect):
    return None if effect is None else effect - cause


def changes(cluster, results, count, rng):
    """One node changes something; until all others have said so. Each of the system's kinds of change."""
    for key, change in cluster.system.changes().items():
        for _ in range(count):
            cluster.observer.spend(rng.uniform(0.2, 0.5))
            node = rng.choice(cluster.network.nodes)
            told = {}
            began, token = change(node, cluster.observer)
            seen = len(cluster.observer.events)

            def everybody_knows():
                nonlocal seen
                for event in cluster.observer.events[seen:]:
                    if event.kind == "change" and event.subject == token and event.node != node:
                        told.setdefault(event.node, event.time)
                seen = len(cluster.observer.events)
                return len(told) == cluster.network.count - 1

            cluster.wait(everybody_knows, PATIENCE, rest=0.001)
            complete = len(told) == cluster.network.count - 1
            results.add(f"{key}All", max(told.values()) - began if complete else None)
            results.add_all(f"{key}Node", [moment - began for moment in told.values()])


def kills(cluster, results, count, rng):
    """One agent gets SIGKILL; until every other has declared it failed. Then it starts again. Gives the agents."""
    killed_nodes = set()
    for _ in range(count):
        cluster.observer.spend(rng.uniform(1, 2))
        node = rng.choice(cluster.network.nodes)
        killed_nodes.add(node)
        name = f"n{node}"
        killed = cluster.kill(node)
        views = cluster.observer.views.values()
        failed = cluster.wait(lambda: all(name in view.failed for view in views), cluster.system.failure_limit)
        results.add("failed", since(killed, failed))
        suspicions = [event.time for event in cluster.observer.events if event.time >= killed
                      and event.kind in ("suspect", "failed") and event.subject == name]
        results.add("suspected", min(suspicions) - killed if suspicions else None)
        opened = cluster.start([node])
        results.add("rejoin", since(opened, alive_everywhere(cluster)))
    return killed_nodes


def idle(cluster, results, seconds):
    """Nothing happens; what that costs an agent: traffic, CPU, wakeups, memory."""
    network, agents = cluster.network, [process.pid for process in cluster.running.values()]
    cluster.observer.spend(10)
    began, (bytes_before, packets_before) = time.monotonic(), network.sent()
    cpu_before, woken_before = total(processes.cpu_seconds, agents), list(map(processes.wakeups, agents))
    cluster.observer.spend(seconds)
    cpu_after, woken_after = total(processes.cpu_seconds, agents), list(map(processes.wakeups, agents))
    bytes_after, packets_after = network.sent()
    share = len(agents) * (time.monotonic() - began)
    results.add("bytes", (bytes_after - bytes_before) / share)
    results.add("packets", (packets_after - packets_before) / share)
    results.add("cpu", (cpu_after - cpu_before) / share * 60)
    results.add("wakeups", sum(map(processes.difference, woken_after, woken_before)) / share)
    for memory in map(processes.memory, agents):
        for key, mebibytes in memory.items():
            results.add(key, mebibytes)
    results.add("threads", total(processes.threads, agents) / len(agents))


def total(figure, agents):
    return sum(map(figure, agents))


def healing(clusters, all_results, network, seconds):
    """Both systems live through the same cut of the network into halves; from its end until everybody sees everybody."""
    network.cut()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for cluster in clusters:
            cluster.observer.spend(0.1)
    healed = time.monotonic()
    network.heal()
    waiting = dict(zip(clusters, all_results))
    while waiting and time.monotonic() - healed < PATIENCE:
        for cluster in list(waiting):
            if (all_alive := cluster.wait_for_all_alive(0.02)) is not None:
                waiting.pop(cluster).add("healed", max(all_alive - healed, 0))
    for cluster, results in waiting.items():
        print(f"{cluster.system.name} is not healed after {PATIENCE} s: {cluster.missing()}", file=sys.stderr)
        results.add("healed", None)


def false_failures(clusters, all_results, seconds, key):
    """Nobody fails: whatever is declared failed is wrong. The number of such events on all nodes."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        for cluster in clusters:
            cluster.observer.spend(0.1)
    for cluster, results in zip(clusters, all_results):
        results.add(f"{key}Failures", len(cluster.events_since(began, "failed")))
        results.add(f"{key}Suspicions", len(cluster.events_since(began, "suspect")))


def seeded(seed):
    return random.Random(seed)
