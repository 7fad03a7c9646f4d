"""Figures by name, and the table that sets two systems side by side."""

import statistics
from collections import namedtuple


def median(values):
    return statistics.median(values)


def percentile99(values):
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def mean(values):
    return statistics.fmean(values)


# title, unit, factor from what was measured to the unit, key of felt, key of serf, how samples become one, reach
Row = namedtuple("Row", "title unit factor felt serf gather reach")

ROWS = [
    Row("all started at once: all know all, median", "s", 1, "join", "join", median, 1 / 2),
    Row("  and every lease confirmed everywhere", "s", 1, "leases", None, median, None),
    Row("a change: known on all, median (serf: user event)", "ms", 1000, "changeAll", "changeAll", median, 1 / 20),
    Row("  known on all, p99", "ms", 1000, "changeAll", "changeAll", percentile99, None),
    Row("  known on a node, median", "ms", 1000, "changeNode", "changeNode", median, None),
    Row("  known on a node, p99", "ms", 1000, "changeNode", "changeNode", percentile99, None),
    Row("  known on all, median (serf: tag)", "ms", 1000, "changeAll", "tagAll", median, None),
    Row("  known on all, p99 (serf: tag)", "ms", 1000, "changeAll", "tagAll", percentile99, None),
    Row("SIGKILL: first suspected, median", "s", 1, "suspected", "suspected", median, None),
    Row("SIGKILL: failed on all, median", "s", 1, "failed", "failed", median, 1 / 3),
    Row("  worst", "s", 1, "failed", "failed", max, None),
    Row("started again: alive on all, median", "s", 1, "rejoin", "rejoin", median, None),
    Row("cut healed: all alive on all, worst", "s", 1, "healed", "healed", max, 1 / 5),
    Row("  median", "s", 1, "healed", "healed", median, None),
    Row("idle: CPU of an agent in a minute", "ms", 1000, "cpu", "cpu", median, 1),
    Row("idle: wakeups of an agent", "/s", 1, "wakeups", "wakeups", median, None),
    Row("idle: sent by a node", "B/s", 1, "bytes", "bytes", median, 1),
    Row("idle: sent by a node, packets", "/s", 1, "packets", "packets", median, 1),
    Row("memory: PSS, mean", "MiB", 1, "pss", "pss", mean, 1),
    Row("memory: RSS, mean", "MiB", 1, "rss", "rss", mean, None),
    Row("memory: anonymous, mean", "MiB", 1, "anonymous", "anonymous", mean, None),
    Row("threads", "", 1, "threads", "threads", mean, None),
    Row("false failures while idle", "", 1, "quietFailures", "quietFailures", sum, None),
    Row("  and suspicions", "", 1, "quietSuspicions", "quietSuspicions", sum, None),
    Row("false failures while all cores are busy", "", 1, "busyFailures", "busyFailures", sum, None),
    Row("  and suspicions", "", 1, "busySuspicions", "busySuspicions", sum, None),
]


class Results(dict):
    """Samples by key. None stands for what did not happen within the time that was waited."""

    def add(self, key, value):
        self.setdefault(key, []).append(value)

    def add_all(self, key, values):
        self.setdefault(key, []).extend(values)

    def figure(self, key, gather):
        """None without samples, or where too many of them never came."""
        values = [float("inf") if value is None else value for value in self.get(key, [])]
        figure = gather(values) if values else None
        return None if figure == float("inf") else figure


def compare(felt, serf):
    """The rows as dictionaries: title, unit, felt, serf, ratio, reach and whether it is met."""
    compared = []
    for row in ROWS:
        ours = felt.figure(row.felt, row.gather)
        theirs = serf.figure(row.serf, row.gather) if row.serf else None
        if ours is None and theirs is None:
            continue
        ratio = ours / theirs if ours is not None and theirs else None
        compared.append({
            "title": row.title, "unit": row.unit, "felt": scaled(ours, row.factor), "serf": scaled(theirs, row.factor),
            "ratio": ratio, "reach": row.reach, "met": None if row.reach is None or ratio is None else ratio <= row.reach,
        })
    return compared


def scaled(figure, factor):
    return None if figure is None else figure * factor


def table(rows):
    lines = ["| | unit | felt | serf | felt : serf | reach |", "|---|---|---|---|---|---|"]
    for row in rows:
        reach = "" if row["reach"] is None else f"≤ {row['reach']:.3g}" + ("" if row["met"] else " missed")
        title = row["title"].replace("  ", "&nbsp;&nbsp;", 1) if row["title"].startswith("  ") else row["title"]
        lines.append(
            f"| {title} | {row['unit']} | {shown(row['felt'])} | {shown(row['serf'])} | {shown(row['ratio'])} | {reach} |")
    return "\n".join(lines)


def shown(figure):
    if figure is None:
        return "–"
    if figure == int(figure) and figure < 1000:
        return f"{int(figure)}"
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.3g}"
