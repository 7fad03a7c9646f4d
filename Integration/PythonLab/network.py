"""N machines on one switch: network namespaces, made here and removed again whatever happens."""

import ctypes
import json
import os
import signal
import socket
import subprocess

from commands import run, try_run

GATEWAY = "172.30.255.254"
CLONE_NEWNET = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)


def sweep(prefix):
    """Removes what a run left that was killed itself: the names tell its process."""
    for line in try_run("ip", "netns", "list").splitlines():
        name = line.split()[0]
        if not name.startswith(prefix):
            continue
        maker = name.removeprefix(prefix).split("-")[0]
        if not maker.isdigit() or os.path.exists(f"/proc/{maker}"):
            continue
        for pid in try_run("ip", "netns", "pids", name).split():
            os.kill(int(pid), signal.SIGKILL)
        try_run("ip", "netns", "delete", name)


class Network:
    """Nodes are numbered from 1. Each has `address(i)`, and `second_address(i)` that a change of address moves to."""

    def __init__(self, count, prefix="feltbench"):
        self.count = count
        self.prefix = prefix
        self.nodes = range(1, count + 1)
        self.switch = f"{self.prefix}{os.getpid()}-sw"
        self.consoles = {}
        # The nodes whose preferred address is their second.
        self.moved = set()
        self.made = []
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)

    def __enter__(self):
        sweep(self.prefix)
        try:
            self.make()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *_):
        self.remove()

    def space(self, node):
        return f"{self.prefix}{os.getpid()}-{node}"

    def address(self, node):
        return f"172.30.0.{node}"

    def second_address(self, node):
        return f"172.30.1.{node}"

    def hardware_address(self, node):
        return f"02:fe:17:00:00:{node:02x}"

    def known_neighbours(self, node):
        """Where everybody is, by heart. All namespaces of a kernel share one bound on learned ARP entries (1,024 by
        default, arp(7)); so many machines in one kernel would overrun it, and sending would fail. These do not count."""
        return [f"neigh add {address} lladdr {self.hardware_address(other)} dev eth0 nud permanent"
                for other in self.nodes if other != node
                for address in (self.address(other), self.second_address(other))]

    def make(self):
        for name in [self.switch] + [self.space(node) for node in self.nodes]:
            run("ip", "netns", "add", name)
            self.made.append(name)
        switch = ["link add br0 type bridge", f"addr add {GATEWAY}/16 dev br0", "link set br0 up"]
        for node in self.nodes:
            switch.append(f"link add p{node} type veth peer name eth0 "
                          f"address {self.hardware_address(node)} netns {self.space(node)}")
            switch.append(f"link set p{node} master br0 up")
        # IPv6 would chatter beside what is measured.
        for name in self.made:
            run("nsenter", f"--net=/run/netns/{name}", "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                "net.ipv6.conf.default.disable_ipv6=1", "net.ipv4.ip_forward=1")
        run("ip", "-n", self.switch, "-batch", "-", text="\n".join(switch))
        for node in self.nodes:
            run("ip", "-n", self.space(node), "-batch", "-", text="\n".join([
                "link set lo up", "link set eth0 up",
                f"addr add {self.address(node)}/16 dev eth0", f"addr add {self.second_address(node)}/16 dev eth0",
                f"route add default via {GATEWAY}", *self.known_neighbours(node),
            ]))

    def remove(self):
        for console in self.consoles.values():
            console.stdin.close()
            console.wait()
        for name in self.made:
            try_run("ip", "netns", "delete", name)
        os.close(self.home)

    def connect(self, node, port):
        """A TCP connection to a port of the node's loopback interface."""
        return self.inside(self.space(node), lambda: socket.create_connection(("127.0.0.1", port), timeout=5))

    def inside(self, space, make):
        """What `make` gives, run by this thread within a namespace: a socket stays where it was made."""
        with open(f"/run/netns/{space}") as there:
            self.enter(there.fileno())
            try:
                return make()
            finally:
                self.enter(self.home)

    def enter(self, descriptor):
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def move(self, node, to_second):
        """Makes the node's preferred address the second or the first again, by one message to the kernel: an address
        with a lifetime is less preferred than one that stays. Both keep working."""
        if node not in self.consoles:
            # Waiting already, so that no start of a program is measured.
            self.consoles[node] = subprocess.Popen(
                ["ip", "-n", self.space(node), "-batch", "-"], stdin=subprocess.PIPE, text=True, bufsize=1)
        (self.moved.add if to_second else self.moved.discard)(node)
        life = "valid_lft 86400 preferred_lft 86400" if to_second else "valid_lft forever preferred_lft forever"
        self.consoles[node].stdin.write(f"addr change {self.address(node)}/16 dev eth0 {life}\n")

    def cut(self):
        """Halves the network: carriers stay up, packets between the halves vanish."""
        half = self.count // 2
        sides = [", ".join(f'"p{node}"' for node in part) for part in (self.nodes[:half], self.nodes[half:])]
        run("nsenter", f"--net=/run/netns/{self.switch}", "nft", "-f", "-", text=f"""
            table bridge cut {{
                chain forward {{
                    type filter hook forward priority 0
                    iifname {{ {sides[0]} }} oifname {{ {sides[1]} }} drop
                    iifname {{ {sides[1]} }} oifname {{ {sides[0]} }} drop
                }}
            }}
            """)

    def heal(self):
        run("nsenter", f"--net=/run/netns/{self.switch}", "nft", "delete", "table", "bridge", "cut")

    def sent(self):
        """Bytes, with Ethernet's header, and packets that all nodes have sent, all protocols."""
        ports = json.loads(run("ip", "-n", self.switch, "-s", "-j", "link", "show", "type", "veth"))
        return tuple(sum(port["stats64"]["rx"][key] for port in ports) for key in ("bytes", "packets"))
