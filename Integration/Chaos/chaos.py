#!/usr/bin/env python3
"""A seeded storm of faults over real feltd in network namespaces, with packets among their pods all the time.

Rounds: for some time faults come and go at random; then all are ended, and everything must be right again within a bound.
A failure prints the command that repeats the run, and keeps logs, databases and kernel state. Needs root, iproute2,
nftables, gcc and /dev/net/tun."""

import argparse
import json
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../PythonLab"))

from storm import Storm, leave_when_ended  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feltd", required=True, help="the program; several with commas: upgrades go among them")
    parser.add_argument("--leasectl", required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--nodes", type=int, default=8)
    parser.add_argument("--round", type=float, default=40, help="seconds of faults before everything must be right again")
    parser.add_argument("--only", help="faults to choose from, with commas")
    parser.add_argument("--keep", default=".build/chaos", help="folder for what a failure leaves")
    parser.add_argument("--json", help="file for the figures")
    options = parser.parse_args()
    options.tight = True
    return options


def main():
    options = arguments()
    leave_when_ended()
    print(f"chaos: seed {options.seed}, {options.nodes} nodes, {options.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="felt-chaos-") as folder:
        os.chmod(folder, 0o755)
        with Storm(options, folder) as storm:
            good = storm.run()
    report = storm.report()
    print(json.dumps(report, indent=1))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(report, file, indent=1)
    if not good:
        again = f"make chaos SEED={options.seed} MINUTES={options.minutes:g} NODES={options.nodes}"
        print(f"chaos: FAILED with seed {options.seed}; again: {again}", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
