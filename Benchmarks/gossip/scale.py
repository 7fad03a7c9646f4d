#!/usr/bin/env python3
"""As many real feltd as this machine carries: how they come together, and what each costs then. Needs root, iproute2 and
nftables."""

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import time

# What the chaos tests use too.
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Integration/PythonLab"))

import measures
import processes
from cluster import Cluster
from felt import Felt
from network import Network
from observer import hear_at_once
from results import Results, median, percentile99

COLUMNS = [
    ("nodes", lambda r: r["nodes"]),
    ("all know all, s", lambda r: r.figure("join", median)),
    ("all leases everywhere, s", lambda r: r.figure("leases", median)),
    ("change known on all, ms", lambda r: ms(r.figure("changeAll", median))),
    ("p99, ms", lambda r: ms(r.figure("changeAll", percentile99))),
    ("SIGKILL: failed on all, s", lambda r: r.figure("failed", median)),
    ("CPU a minute, ms", lambda r: ms(r.figure("cpu", median))),
    ("wakeups/s", lambda r: r.figure("wakeups", median)),
    ("sent B/s", lambda r: r.figure("bytes", median)),
    ("packets/s", lambda r: r.figure("packets", median)),
    ("RSS MiB", lambda r: r.figure("rss", median)),
    ("PSS MiB", lambda r: r.figure("pss", median)),
    ("false failures", lambda r: r["false"]),
    ("of them until the first kill", lambda r: r["falseStarting"]),
]


def ms(seconds):
    return None if seconds is None else seconds * 1000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feltd", required=True)
    parser.add_argument("--nodes", type=int, nargs="+", default=[16, 64, 100, 150])
    parser.add_argument("--idle", type=float, default=30, help="seconds")
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--kills", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", help="file for all samples")
    return parser.parse_args()


def measure(count, options, folder):
    results = Results(nodes=count)
    rng = measures.seeded(options.seed)
    with Network(count) as network, Cluster(network, Felt(network, f"{folder}/{count}", options.feltd, 3)) as cluster:
        measures.started_at_once(cluster, results)
        measures.changes(cluster, results, options.changes, rng)
        # Nobody has been killed yet: all are wrong.
        starting, first_kill = len(cluster.events_since(0, "failed")), time.monotonic()
        killed = measures.kills(cluster, results, options.kills, rng)
        measures.idle(cluster, results, options.idle)
        # One that was killed knows its peers from its store when it starts again, and not yet whether they are there.
        names = {f"n{node}" for node in killed}
        later = cluster.events_since(first_kill, "failed")
        results["falseStarting"] = starting
        results["false"] = starting + sum(event.node not in killed and event.subject not in names for event in later)
    return results


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("scale: makes network namespaces: run it as root")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    processes.evict(options.feltd)
    hear_at_once()
    folder = tempfile.mkdtemp(prefix="feltbench")
    measured = []
    print("| " + " | ".join(title for title, _ in COLUMNS) + " |\n|" + "---|" * len(COLUMNS), flush=True)
    try:
        for count in options.nodes:
            results = measure(count, options, folder)
            measured.append(results)
            cells = [figure(results) for _, figure in COLUMNS]
            print("| " + " | ".join("–" if cell is None else f"{cell:.4g}" for cell in cells) + " |", flush=True)
    finally:
        if options.json:
            with open(options.json, "w") as file:
                json.dump(measured, file, indent=1)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
