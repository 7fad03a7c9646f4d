extension Node {
    /// leasectl where its reading of the kernel is the node's.
    func leasectlInside(_ arguments: [String]) throws -> Command {
        try Command.run(namespace.inside(try leasectl.base + arguments))
    }

    /// All that feltd keeps in the kernel, as the tools print it, without what another making of the device changes.
    func dataplane(device: String = "flannel.1") throws -> String {
        try namespace.run(
            "sh", "-c",
            """
            ip -d link show \(device) | sed 's/^[0-9]*: //; s/qlen.*//; s/gso_max.*//'
            ip -4 addr show \(device) | sed 's/^[0-9]*: //; s/qlen.*//'
            ip route show proto 70
            ip neigh show dev \(device) nud permanent | sort
            bridge fdb show dev \(device) | sort
            """
        ).output
    }

    /// Puts somebody else's things beside felt's: a device of the same kind, routes, a neighbour, a rule, a table.
    func addForeignState() throws {
        try namespace.run(
            "sh", "-e", "-c",
            """
            ip link add other type vxlan id 77 dstport 4789 dev lo
            bridge fdb add 02:00:00:00:00:09 dst 127.0.0.9 dev other
            ip link add f0 type veth peer name f1
            ip link set f0 up
            ip link set f1 up
            ip addr add 172.31.0.1/24 dev f0
            ip neigh add 172.31.0.9 lladdr 02:00:00:00:00:09 dev f0
            ip route add 172.30.0.0/16 via 172.31.0.9 proto static
            ip route add 172.29.0.0/16 via 172.31.0.9 proto 70 table 100
            ip rule add to 172.29.0.0/16 lookup 100 priority 1000
            nft add table ip other
            nft add chain ip other keep
            """)
    }

    func foreignState() throws -> String {
        try namespace.run(
            "sh", "-c",
            """
            ip -d link show other; bridge fdb show dev other; ip -4 addr show f0; ip neigh show dev f0 nud permanent
            ip route show dev f0; ip route show table 100; ip rule; nft list table ip other
            """
        ).output
    }
}
