#!/usr/bin/env python3
"""felt beside serf: real agents of both in the same network namespaces, in one run, a round of one after a round of the
other. Prints a table for each number of nodes and writes all samples as JSON. Needs root, iproute2, nftables and serf."""

import argparse
import json
import os
import shutil
import signal
import subprocess
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
from results import Results, compare, table
from serf import Serf

SEEDS = 3


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feltd", required=True, help="the program to measure")
    parser.add_argument("--serf", default=shutil.which("serf"), help="the program to measure against")
    parser.add_argument("--nodes", type=int, nargs="+", default=[16, 64])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--changes", type=int, default=15, help="of each kind, a round")
    parser.add_argument("--kills", type=int, default=4, help="a round")
    parser.add_argument("--cut", type=float, default=60, help="seconds of partition; 0 leaves it out")
    parser.add_argument("--idle", type=float, default=30, help="seconds, a round")
    parser.add_argument("--quiet", type=float, default=60, help="seconds of looking for false failures at the largest size")
    parser.add_argument("--busy", type=float, default=60, help="the same, with every core kept busy")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--json", help="file for the figures and all samples")
    parser.add_argument("--keep", action="store_true", help="keep the agents' logs")
    return parser.parse_args()


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def alone(network, system, results, options, rng):
    """A round of one system: start, changes, deaths, rest."""
    with Cluster(network, system) as cluster:
        measures.started_at_once(cluster, results)
        progress(f"  {system.name} joined: {results['join'][-1]}")
        measures.changes(cluster, results, options.changes, rng)
        measures.kills(cluster, results, options.kills, rng)
        progress(f"  {system.name} failed: {results.get('failed')}")
        measures.idle(cluster, results, options.idle)


def together(network, systems, all_results, options, is_last):
    """Both systems at once, for what would take as long again one after the other: the same cut, the same load."""
    clusters = []
    try:
        for system in systems:
            clusters.append(Cluster(network, system))
            clusters[-1].start(network.nodes)
            if clusters[-1].wait_for_all_alive(measures.PATIENCE) is None:
                raise RuntimeError(f"{system.name} does not come together")
        if options.cut:
            measures.healing(clusters, all_results, network, options.cut)
            progress("  healed: " + ", ".join(f"{s.name} {r['healed'][-1]}" for s, r in zip(systems, all_results)))
        if is_last and options.quiet:
            for cluster in clusters:
                cluster.observer.spend(5)
            measures.false_failures(clusters, all_results, options.quiet, "quiet")
        if is_last and options.busy:
            loops = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in os.sched_getaffinity(0)]
            try:
                measures.false_failures(clusters, all_results, options.busy, "busy")
            finally:
                processes.stop(loops)
    finally:
        for cluster in clusters:
            cluster.__exit__()


def bench(count, options, folder, is_largest):
    rng = measures.seeded(options.seed)
    all_results = [Results(), Results()]
    with Network(count) as network:
        for number in range(1, options.rounds + 1):
            progress(f"{count} nodes, round {number} of {options.rounds}")
            here = f"{folder}/{count}-{number}"
            systems = [kind(network, f"{here}/alone/{kind.name}", binary, SEEDS)
                       for kind, binary in ((Felt, options.feltd), (Serf, options.serf))]
            for system, results in zip(systems, all_results):
                alone(network, system, results, options, rng)
            is_last = is_largest and number == options.rounds
            if options.cut or is_last and (options.quiet or options.busy):
                systems = [kind(network, f"{here}/together/{kind.name}", binary, SEEDS)
                           for kind, binary in ((Felt, options.feltd), (Serf, options.serf))]
                together(network, systems, all_results, options, is_last)
    return all_results


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("bench: makes network namespaces: run it as root")
    if not options.serf:
        sys.exit("bench: there is no serf: install Debian's package")
    # So that what was made is removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    for program in (options.feltd, options.serf):
        processes.evict(program)
    hear_at_once()
    folder = tempfile.mkdtemp(prefix="feltbench")
    report = {"seed": options.seed, "rounds": options.rounds, "cores": len(os.sched_getaffinity(0)), "sizes": {}}
    try:
        for count in options.nodes:
            felt, serf = bench(count, options, folder, count == max(options.nodes))
            rows = compare(felt, serf)
            report["sizes"][count] = {"rows": rows, "samples": {"felt": felt, "serf": serf}}
            print(f"\n### {count} nodes, {options.rounds} rounds, seed {options.seed}\n\n{table(rows)}\n", flush=True)
    finally:
        if options.json:
            with open(options.json, "w") as file:
                json.dump(report, file, indent=1)
        if options.keep:
            progress(f"the logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
