"""What is wrong with the links: rules of nftables on the switch, made anew from all faults at each change."""

from commands import run


class Links:
    """A fault is a pair of sets of nodes, what passes between them, and which packets."""

    def __init__(self, field):
        self.field = field
        self.faults = {}
        self.next = 0

    def add(self, sources, targets, drop, only_gossip=False, both_ways=False):
        """drop: "all", a percentage, or "longer than N"; gives what `remove` takes."""
        self.next += 1
        self.faults[self.next] = (frozenset(sources), frozenset(targets), drop, only_gossip, both_ways)
        self.apply()
        return self.next

    def remove(self, number):
        self.faults.pop(number, None)
        self.apply()

    def clear(self):
        self.faults.clear()
        self.apply()

    def cuts_data(self, one, other):
        """Whether a fault may keep pods of the two from reaching each other and hearing back."""
        return any((drop == "all" or isinstance(drop, int)) and not only_gossip and
                   ((one in sources and other in targets) or (other in sources and one in targets))
                   for sources, targets, drop, only_gossip, _ in list(self.faults.values()))

    def cuts_gossip(self):
        """Whether somebody may be kept from hearing news."""
        return any(drop == "all" for _, _, drop, _, _ in list(self.faults.values()))

    def apply(self):
        rules = []
        for sources, targets, drop, only_gossip, both_ways in self.faults.values():
            for one, other in ((sources, targets), (targets, sources))[:2 if both_ways else 1]:
                rules.append(f"iifname {ports(one)} oifname {ports(other)} {what(only_gossip)} {which(drop)} drop")
        run("nsenter", f"--net=/run/netns/{self.field.switch}", "nft", "-f", "-", text="\n".join([
            "table bridge faults", "delete table bridge faults", "table bridge faults {",
            "chain forward { type filter hook forward priority 0;", *rules, "}", "}"]))


def ports(nodes):
    # A node's port, or the device of the relay in front of it.
    return "{ " + ", ".join(f'"p{node}", "t{node}"' for node in sorted(nodes)) + " }"


def what(only_gossip):
    return "udp dport 8473" if only_gossip else ""


def which(drop):
    if drop == "all":
        return ""
    if isinstance(drop, int):
        return f"numgen random mod 100 < {drop}"
    return f"meta length > {drop.split()[-1]}"
