"""One machine: its disk, its feltd, what feltd last said, and what other software does to its kernel."""

import math
import os
import shutil
import signal
import subprocess
import time
import uuid

import control
import processes
from commands import run, try_run

DISK = "4m"


class Machine:
    def __init__(self, field, node, folder, options):
        self.field, self.node, self.folder, self.options = field, node, folder, options
        self.state, self.errors, self.clock = f"{folder}/state", f"{folder}/error", f"{folder}/clock"
        self.process = None
        self.program = options.programs[0]
        self.stopped = self.released = False
        self.since = self.disk_troubled = 0.0
        self.machine_id = f"{folder}/machine-id"
        self.wired = None
        # What it last said, and since when: by name of subnet, the owner's nodeID.
        self.node_id, self.status, self.view, self.view_since = None, None, {}, {}
        os.makedirs(self.state)
        self.new_machine_id()
        run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "felt-chaos", self.state)

    def close(self):
        self.kill()
        try_run("umount", "-l", self.state)

    def __str__(self):
        return f"n{self.node}"

    @property
    def socket(self):
        return f"{self.folder}/run/feltd.sock"

    @property
    def space(self):
        return self.field.space(self.node)

    def new_machine_id(self):
        with open(self.machine_id, "w") as file:
            file.write(uuid.UUID(int=self.options.chance.getrandbits(128)).hex + "\n")

    # The daemon.

    def up(self):
        return self.process is not None and self.process.poll() is None and not self.stopped

    def start(self):
        if self.process is not None and self.process.poll() is None:
            return
        # The first one has nobody to join yet, and makes the key.
        join = [self.field.present_address(node) for node in self.field.nodes] + self.options.tokens
        words = ["nsenter", f"--net=/run/netns/{self.space}", "unshare", "--mount", "sh", "-c",
                 f'mount --bind {self.machine_id} /etc/machine-id && exec "$@"', "sh", self.program,
                 "--name", str(self), "--state-dir", self.state, "--run-dir", f"{self.folder}/run",
                 "--subnet-file", f"{self.folder}/subnet.env", "--ip-masq", *self.options.flags]
        environment = dict(os.environ, LD_PRELOAD=self.options.library, FELT_FAULT_DIR=self.state,
                           FELT_FAULT_ERROR=self.errors, FELT_FAULT_CLOCK=self.clock)
        if self.options.tokens:
            environment["FELTD_JOIN"] = ",".join(join)
        with open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                words, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        self.stopped, self.since = False, time.monotonic()

    def kill(self, number=signal.SIGKILL):
        if self.process is None:
            return
        self.resume()
        self.process.send_signal(number)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            raise Failure(f"feltd on {self} does not end within 10 s of signal {number}") from None
        self.process = None

    def stop(self):
        self.stopped = True
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        if self.stopped:
            self.process.send_signal(signal.SIGCONT)
            self.stopped, self.since = False, time.monotonic()

    def ask(self, method, params=None, timeout=2):
        return control.ask(self.socket, method, params, timeout)

    def leasectl(self, *words, timeout=20):
        return subprocess.run(
            ["nsenter", f"--net=/run/netns/{self.space}", self.options.leasectl, "--socket", self.socket,
             "--database", f"{self.state}/felt.db", *words], capture_output=True, text=True, timeout=timeout)

    # The disk.

    def replace_disk(self, copy):
        """What is in a folder becomes the state; feltd is down. A new disk is neither full nor read-only."""
        self.heal_disk()
        for name in os.listdir(self.state):
            remove(f"{self.state}/{name}")
        if copy:
            shutil.copytree(copy, self.state, dirs_exist_ok=True)

    def copy_disk(self, target):
        remove(target)
        # While feltd writes: the copy may be torn, and files may be gone before they are reached.
        try_run("cp", "-a", self.state, target)
        remove(f"{target}/filler")

    def may_end(self):
        """A start that must write an identity, on a disk that takes none, ends with 1; a service manager tries again."""
        return self.process.returncode == 1 and time.monotonic() < self.disk_troubled

    def make_disk_read_only(self):
        self.disk_troubled = math.inf
        try_run("mount", "-o", "remount,ro", self.state)

    def fail_disk(self, number):
        self.disk_troubled = math.inf
        with open(self.errors, "w") as file:
            file.write(f"{number}\n")

    def heal_disk(self):
        if self.disk_troubled:
            self.disk_troubled = time.monotonic() + 2
        remove(self.errors)
        mount = ["mount", "-o", "remount,rw", self.state]
        try_run(*mount)
        if self.process is not None:
            # Its mounts are its own: those that were made read-only before it began are so for it still.
            try_run("nsenter", "--target", str(self.process.pid), "--mount", *mount)
        remove(f"{self.state}/filler")

    def fill_disk(self):
        self.disk_troubled = math.inf
        try_run("sh", "-c", f"cat /dev/zero >{self.state}/filler")

    # The kernel.

    def forget_kernel_state(self):
        """What a reboot takes away. The pods are started again, as a runtime would."""
        try_run("ip", "-n", self.space, "link", "del", "flannel.1")
        try_run("ip", "-n", self.space, "route", "flush", "proto", "70")
        try_run("nsenter", f"--net=/run/netns/{self.space}", "nft", "flush", "ruleset")

    def rewire(self):
        """Follows subnet.env as a container runtime would; says whether there was something to follow."""
        subnet = None
        try:
            with open(f"{self.folder}/subnet.env") as file:
                for line in file:
                    if line.startswith("FELT_SUBNET=") or line.startswith("FLANNEL_SUBNET="):
                        address, length = line.split("=")[1].strip().split("/")
                        subnet = f"{address.rsplit('.', 1)[0]}.0/{length}"
        except FileNotFoundError:
            pass
        if subnet == self.wired:
            return False
        self.field.wire(self.node, subnet)
        self.wired = subnet
        return True

    # What it costs.

    def costs(self):
        pid = self.process.pid
        return {
            "rss": processes.memory(pid)["rss"], "threads": processes.threads(pid), "cpu": processes.cpu_seconds(pid),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
            "disk": sum(os.path.getsize(f"{self.state}/{name}") for name in os.listdir(self.state) if name != "filler"),
            "log": os.path.getsize(f"{self.folder}/log"),
        }


class Failure(Exception):
    """Something that must never happen has happened."""


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.unlink(path)
