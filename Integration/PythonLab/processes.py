"""The agents' processes: started at one moment, and what the kernel says of them."""

import os
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
# Waits for the gate to open, then becomes the agent.
GATED = 'read -r _; exec "$@" </dev/null'


def evict(path):
    """Takes a program's pages out of the cache: those of a freshly written file are counted as its process's."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def start_together(commands, log_of):
    """Starts programs in their namespaces, all at once.

    commands: by node, the namespace and the words. Gives the processes by node, and when the gate opened."""
    waits, opens = os.pipe()
    started = {}
    try:
        for node, (space, words) in commands.items():
            with open(log_of(node), "ab") as log:
                started[node] = subprocess.Popen(
                    ["nsenter", f"--net=/run/netns/{space}", "sh", "-c", GATED, "sh", *words],
                    stdin=waits, stdout=log, stderr=log)
        # Until every shell waits at the gate.
        time.sleep(0.2 + 0.01 * len(commands))
    except BaseException:
        stop(started.values())
        raise
    finally:
        os.close(waits)
        opened = time.monotonic()
        os.close(opens)
    return started, opened


def stop(processes):
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
    for process in processes:
        process.wait()


def cpu_seconds(pid):
    """User and system time (proc(5), stat)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def wakeups(pid):
    """How often each of the process's threads has gone to sleep of its own, by thread."""
    counts = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/status") as file:
                counts[thread] = sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt"))
        except (FileNotFoundError, ProcessLookupError):
            continue  # It has ended meanwhile.
    return counts


def difference(after, before):
    """Of counts by thread; what threads did that have ended is not known."""
    return sum(count - before.get(thread, 0) for thread, count in after.items())


def memory(pid):
    """Resident, proportional and anonymous memory in MiB (smaps_rollup)."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        kibibytes = {line.split(":")[0]: int(line.split()[1]) for line in file if line.rstrip().endswith("kB")}
    return {key: kibibytes[name] / 1024 for key, name in (("rss", "Rss"), ("pss", "Pss"), ("anonymous", "Anonymous"))}


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))
