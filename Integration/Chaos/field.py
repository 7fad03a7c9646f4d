"""The machines' network: each with one pod, links that can be hurt, packet sockets for relays."""

import ctypes
import fcntl
import socket
import struct

from commands import run, try_run
from network import Network

PREFIX = "feltchaos"
SIOCETHTOOL = 0x8946
ETHTOOL_STXCSUM = 0x17


class Field(Network):
    """Adds to each machine a namespace for its pod. Addresses: see `moved`."""

    def __init__(self, count):
        super().__init__(count, PREFIX)
        self.moved = {node: False for node in self.nodes}

    def pod_space(self, node):
        return f"{self.space(node)}p"

    def present_address(self, node):
        return self.second_address(node) if self.moved[node] else self.address(node)

    def make(self):
        super().make()
        for node in self.nodes:
            # One address at a time here: a change of address takes the old one away.
            run("ip", "-n", self.space(node), "addr", "del", f"{self.second_address(node)}/16", "dev", "eth0")
            run("ip", "netns", "add", self.pod_space(node))
            self.made.append(self.pod_space(node))
            run("ip", "-n", self.space(node), "-batch", "-", text="\n".join([
                "link add cni0 type bridge", "link set cni0 up",
                f"link add v1 mtu 1450 type veth peer name eth0 mtu 1450 netns {self.pod_space(node)}",
                "link set v1 master cni0 up"]))
            run("ip", "-n", self.pod_space(node), "-batch", "-", text="link set lo up\nlink set eth0 up")
            # A relay in user space sees what is on the wire: checksums must be there.
            self.inside(self.space(node), lambda: without_checksum_offload("eth0"))

    def change_address(self, node):
        old = self.present_address(node)
        self.moved[node] = not self.moved[node]
        # The kernel forgets an interface's neighbours with its last address, those entered for good too.
        run("ip", "-n", self.space(node), "-batch", "-", text="\n".join([
            f"addr del {old}/16 dev eth0", f"addr add {self.present_address(node)}/16 dev eth0",
            *self.replacing_neighbours(node)]))
        # Without a carrier there is no way to it yet.
        try_run("ip", "-n", self.space(node), "route", "replace", "default", "via", "172.30.255.254")

    def restore_routes(self, node):
        """A link that was down has lost them, and its neighbours."""
        run("ip", "-n", self.space(node), "-batch", "-", text="\n".join([
            "route replace default via 172.30.255.254", *self.replacing_neighbours(node)]))

    def replacing_neighbours(self, node):
        return [line.replace("neigh add", "neigh replace") for line in self.known_neighbours(node)]

    def wire(self, node, subnet):
        """Gives the node's bridge and pod addresses of a subnet, as a container runtime would; None takes them away."""
        try_run("ip", "-n", self.space(node), "addr", "flush", "dev", "cni0")
        try_run("ip", "-n", self.pod_space(node), "addr", "flush", "dev", "eth0")
        if subnet is None:
            return
        run("ip", "-n", self.space(node), "addr", "add", f"{gateway_address(subnet)}/{subnet.split('/')[1]}", "dev", "cni0")
        run("ip", "-n", self.pod_space(node), "-batch", "-", text="\n".join([
            f"addr add {pod_address(subnet)}/{subnet.split('/')[1]} dev eth0",
            f"route replace default via {gateway_address(subnet)}"]))


def gateway_address(subnet):
    return subnet.split("/")[0].rsplit(".", 1)[0] + ".1"


def pod_address(subnet):
    return subnet.split("/")[0].rsplit(".", 1)[0] + ".2"


def without_checksum_offload(device):
    """What `ethtool -K DEVICE tx off` does (linux/ethtool.h)."""
    value = ctypes.create_string_buffer(struct.pack("II", ETHTOOL_STXCSUM, 0), 8)
    request = struct.pack("16sP16x", device.encode(), ctypes.addressof(value))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCETHTOOL, request)
