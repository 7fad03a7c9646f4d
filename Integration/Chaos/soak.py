#!/usr/bin/env python3
"""feltd under churn for a long time: what each costs, sampled, drawn, and its slope. Members are ended and return, leases
move, keys are rotated; a part of the machines is never touched, and those must stay flat. Needs root and python3-matplotlib."""

import argparse
import json
import os
import random
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../PythonLab"))

from storm import Storm, leave_when_ended  # noqa: E402

CHURN = ["restart", "kill", "terminate", "drained", "address_changed", "link_cut", "gossip_cut", "key_rotated",
         "kernel_state_deleted", "upgrade"]
# What an hour may add to a daemon that was only a bystander.
ALLOWED = {"rss": 4, "threads": 2, "descriptors": 4, "disk": 1 << 20}
UNITS = {"rss": "MiB", "threads": "", "descriptors": "", "disk": "bytes", "cpu": "% of a core"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feltd", required=True)
    parser.add_argument("--leasectl", required=True)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--nodes", type=int, default=32)
    parser.add_argument("--interval", type=float, default=5, help="seconds between samples")
    parser.add_argument("--png", default=".build/soak.png")
    parser.add_argument("--json", default=".build/soak.json")
    parser.add_argument("--keep", default=".build/soak-failure")
    options = parser.parse_args()
    options.round, options.only, options.tight = 60, ",".join(CHURN), False
    return options


class Soak(Storm):
    """A storm that leaves half of the machines alone, and writes down what they cost."""

    def __enter__(self):
        super().__enter__()
        self.samples, self.sampled = [], 0.0
        self.quiet = set(list(self.machines)[::2])
        self.victims = [machine for node, machine in self.machines.items() if node not in self.quiet]
        return self

    def tick(self):
        if time.monotonic() - self.sampled < self.given.interval:
            return
        self.sampled = time.monotonic()
        sample = {"time": self.sampled - self.began, "nodes": {}}
        for node, machine in self.machines.items():
            if machine.up():
                try:
                    sample["nodes"][node] = dict(machine.costs(), pid=machine.process.pid)
                except OSError:
                    pass  # It is starting.
        self.samples.append(sample)


def series(samples, node, key):
    """Times and values of one machine; CPU as a share of the time since the sample before."""
    found, before = [], None
    for sample in samples:
        costs = sample["nodes"].get(node)
        if costs is None:
            before = None
            continue
        if key != "cpu":
            found.append((sample["time"], costs[key]))
        elif before is not None and before[1]["pid"] == costs["pid"]:
            found.append((sample["time"], 100 * (costs["cpu"] - before[1]["cpu"]) / (sample["time"] - before[0])))
        before = (sample["time"], costs)
    return found


def slope_an_hour(points):
    """The least squares' line's, of the second half of the run: the first warms up."""
    points = points[len(points) // 2:]
    if len(points) < 3:
        return 0.0
    mean_x, mean_y = (sum(each) / len(points) for each in zip(*points))
    return 3_600 * sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def table(soak):
    """By what is measured: the quiet machines' first, last, highest value and slope an hour (the median machine's)."""
    rows = {}
    for key in UNITS:
        each = [points for node in soak.quiet if (points := series(soak.samples, node, key))]
        slopes = sorted(slope_an_hour(points) for points in each)
        rows[key] = {
            "first": median([points[0][1] for points in each]), "last": median([points[-1][1] for points in each]),
            "highest": max(value for points in each for _, value in points),
            "slopeAnHour": slopes[len(slopes) // 2], "steepestAnHour": slopes[-1],
        }
    return rows


def median(values):
    return sorted(values)[len(values) // 2]


def draw(soak, path):
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(len(UNITS), 1, figsize=(11, 13), sharex=True)
    for panel, (key, unit) in zip(panels, UNITS.items()):
        for node in soak.machines:
            points = series(soak.samples, node, key)
            if points:
                panel.plot([x / 60 for x, _ in points], [y for _, y in points], linewidth=0.8,
                           color="tab:blue" if node in soak.quiet else "tab:orange", alpha=0.6)
        panel.set_ylabel(f"{key} {unit}")
        panel.set_ylim(bottom=0)
        panel.grid(alpha=0.3)
    panels[0].set_title(f"feltd, {len(soak.machines)} nodes under churn, seed {soak.given.seed} "
                        "(blue: never touched, orange: ended and started)")
    panels[-1].set_xlabel("minutes")
    figure.tight_layout()
    figure.savefig(path, dpi=90)


def main():
    options = arguments()
    leave_when_ended()
    print(f"soak: seed {options.seed}, {options.nodes} nodes, {options.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="felt-soak-") as folder:
        os.chmod(folder, 0o755)
        with Soak(options, folder) as soak:
            good = soak.run()
    rows = table(soak)
    print(f"{'what':12} {'first':>10} {'last':>10} {'highest':>10} {'slope/h':>10} {'steepest/h':>10}")
    for key, row in rows.items():
        print(f"{key:12} " + " ".join(f"{value:10.1f}" for value in row.values()) + f" {UNITS[key]}")
    draw(soak, options.png)
    with open(options.json, "w") as file:
        json.dump({"table": rows, "report": soak.report(), "samples": soak.samples}, file)
    print(f"{options.png}, {options.json}")
    # Slopes of a short run say nothing.
    steep = [key for key, allowed in ALLOWED.items() if options.minutes >= 30 and rows[key]["slopeAnHour"] > allowed]
    for key in steep:
        print(f"soak: {key} grows by {rows[key]['slopeAnHour']:.1f} {UNITS[key]} an hour", file=sys.stderr)
    return 0 if good and not steep else 1


if __name__ == "__main__":
    sys.exit(main())
