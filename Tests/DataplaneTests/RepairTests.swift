import Addressing
import LeaseLedger
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct RepairTests {
    /// All that the data plane puts into the kernel, without what differs from one making of the device to the next.
    private static let state = """
        ip -d link show flannel.1 | sed 's/^[0-9]*: //; s/qlen.*//'; ip -4 addr show flannel.1 | sed 's/^[0-9]*: //; s/qlen.*//'
        ip route show proto 70; ip neigh show dev flannel.1 nud permanent | sort; bridge fdb show dev flannel.1 | sort
        cat /proc/sys/net/ipv6/conf/flannel.1/accept_ra
        """

    @Test(arguments: [
        "ip route del 10.244.78.0/24",
        "ip route replace 10.244.78.0/24 via 192.168.50.9",
        "ip route replace 10.244.78.0/24 via 192.168.50.9 proto 70",
        "ip route append 10.244.78.0/24 via 192.168.50.9 proto 70",
        "ip route prepend 10.244.78.0/24 via 192.168.50.9",
        "ip route prepend 10.244.78.0/24 via 192.168.50.9 proto 70",
        "ip route prepend 10.244.78.0/24 via 192.168.50.9; ip route del 10.244.78.0/24 proto 70",
        "ip link set flannel.1 alias other",
        "ip route add 10.244.79.0/24 via 192.168.50.9 proto 70",
        "ip route add 10.244.78.0/24 via 192.168.50.9 proto 70 metric 5",
        "ip route add 10.244.78.0/24 tos 0x10 via 192.168.50.9 proto 70",
        "ip route add blackhole 10.244.79.0/24 proto 70",
        "ip route change 10.244.78.0/24 via 10.244.78.0 dev flannel.1 proto 70 onlink mtu 1200",
        "ip route flush proto 70",
        "ip neigh del 10.244.78.0 dev flannel.1",
        "ip neigh replace 10.244.78.0 lladdr 02:00:00:00:00:99 dev flannel.1",
        "ip neigh replace 10.244.78.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud stale",
        "ip neigh add 10.244.99.0 lladdr 02:00:00:00:00:99 dev flannel.1",
        "ip neigh flush dev flannel.1 nud permanent",
        "bridge fdb del 02:00:00:00:00:01 dev flannel.1",
        "bridge fdb replace 02:00:00:00:00:01 dst 192.168.50.66 dev flannel.1",
        "bridge fdb append 02:00:00:00:00:01 dst 192.168.50.66 dev flannel.1",
        "bridge fdb replace 02:00:00:00:00:01 dst 192.168.50.2 port 4789 dev flannel.1",
        "bridge fdb replace 02:00:00:00:00:01 dst 192.168.50.2 vni 9 dev flannel.1",
        "bridge fdb add 02:00:00:00:00:99 dst 192.168.50.2 dev flannel.1",
        "bridge fdb del 02:00:00:00:00:01 dev flannel.1; bridge fdb add 02:00:00:00:00:01 dst 192.168.50.66 dev flannel.1",
        "ip addr del 10.244.89.0/32 dev flannel.1",
        "ip addr add 10.244.7.0/32 dev flannel.1",
        "ip addr flush dev flannel.1",
        "ip link set flannel.1 down",
        "ip link set flannel.1 mtu 1300",
        "ip link set flannel.1 address 02:00:00:00:00:98",
        "ip link set flannel.1 addrgenmode none",
        "sysctl -qw net/ipv6/conf/flannel.1/accept_ra=1",
        "ip link del flannel.1",
        "ip link del flannel.1; ip link add flannel.1 type bridge",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 2 dev eth0 dstport 8472",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev peer0 local 192.168.50.1 dstport 8472 nolearning",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 4789 nolearning",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.9 dstport 8472 nolearning",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 8472",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 8472 nolearning gbp",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 8472 nolearning noudpcsum",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 8472 nolearning group 239.1.1.1",
        "ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 local 192.168.50.1 dstport 8472 nolearning l2miss",
        "ip link set flannel.1 down; ip link set flannel.1 name renamed; ip link del renamed",
        "ip link set eth0 down; ip link set eth0 up",
    ])
    func `what somebody breaks is put right in one run, and then left alone`(damage: String) throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let wanted = try configuration()
            let peers = [
                try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2"), try vxlanPeer(2, "10.244.94.0/24", "192.168.50.3"),
            ]
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            let before = try shell(Self.state)
            try shell(damage)
            let report = try driver.reconcile(wanted, underlay: try eth0(), peers: peers)
            #expect(report.failures == [])
            #expect(try shell(Self.state) == before)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).onlyObserved)
        }
    }

    @Test func `a fitting device made by somebody else is adopted`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell(
                """
                ip link add flannel.1 address \(ownMAC) mtu 1450 type vxlan id 1 dev eth0 local 192.168.50.1 \
                dstport 8472 nolearning
                ip link set flannel.1 up
                """)
            let index = try shell("ip -o link show flannel.1 | cut -d: -f1")
            let driver = try DataplaneDriver()
            let report = try driver.reconcile(try configuration(), underlay: try eth0(), peers: [])
            #expect(report.changesSent == 2, "its alias, and the address")
            #expect(try shell("ip -o link show flannel.1 | cut -d: -f1") == index)
        }
    }

    @Test func `the own subnet moves to another node and another is taken`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            var wanted = try configuration()
            let other = try vxlanPeer(2, "10.244.94.0/24", "192.168.50.3")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: [other]).isInSync)
            // Lost, with nothing in its place yet: the device loses its last address, the routes stay all the same.
            wanted.ownSubnet = nil
            let winner = try vxlanPeer(1, "10.244.89.0/24", "192.168.50.2")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: [winner, other]).failures == [])
            #expect(
                try shell("ip route show proto 70; ip -4 addr show flannel.1") == """
                    10.244.89.0/24 via 10.244.89.0 dev flannel.1 onlink
                    10.244.94.0/24 via 10.244.94.0 dev flannel.1 onlink

                    """)
            wanted.ownSubnet = try block("10.244.5.0/24")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: [winner, other]).changesSent == 1)
            wanted.ownSubnet = try block("10.244.6.0/24")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: [winner, other]).changesSent == 2)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: [winner, other]).onlyObserved)
        }
    }

    @Test func `the MTU and the address of the underlay are followed`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let wanted = try configuration()
            let underlay = try eth0()
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try driver.reconcile(wanted, underlay: underlay, peers: peers).isInSync)
            try shell("ip link set eth0 mtu 1400")
            #expect(try driver.reconcile(wanted, underlay: underlay, peers: peers).effectiveMTU == 1350)
            #expect(try shell("ip link show flannel.1").contains("mtu 1350"))
            try shell("ip addr add 192.168.50.77/24 dev eth0; ip addr del 192.168.50.1/24 dev eth0")
            try shell("ip addr add 192.168.50.77/24 dev eth0 2>/dev/null || true")
            let moved = try UnderlaySelector.select(UnderlayRequest(interfaces: ["eth0"]))
            #expect(try driver.reconcile(wanted, underlay: moved, peers: peers).isInSync)
            #expect(try shell("ip -d link show flannel.1").contains("local 192.168.50.77 dev eth0"))
            #expect(try shell("ip route show proto 70 | wc -l") == "1\n")
        }
    }

    @Test func `direct routing follows the routes of the underlay`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let wanted = try configuration(directRouting: true)
            let peers = [
                try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2"), try vxlanPeer(2, "10.244.94.0/24", "198.51.100.3"),
            ]
            let direct = "10.244.78.0/24 via 192.168.50.2 dev eth0\n"
            let tunnel = "10.244.94.0/24 via 10.244.94.0 dev flannel.1 onlink\n"
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            #expect(try shell("ip route show proto 70") == direct + tunnel)
            try shell("ip route add 198.51.100.0/24 dev eth0")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            #expect(try shell("ip route show proto 70") == direct + "10.244.94.0/24 via 198.51.100.3 dev eth0\n")
            #expect(try shell("ip neigh show dev flannel.1; bridge fdb show dev flannel.1") == "")
            try shell("ip route del 198.51.100.0/24")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            #expect(try shell("ip route show proto 70") == direct + tunnel)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).onlyObserved)
        }
    }

    @Test func `another backend than before takes over what the former left`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let tunnelled = try DataplaneDriver()
            let vxlan = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            let plain = [try hostPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try tunnelled.reconcile(try configuration(), underlay: try eth0(), peers: vxlan).isInSync)
            let driver = try DataplaneDriver()
            #expect(
                try driver.reconcile(try configuration(.hostGateway), underlay: try eth0(), peers: plain).failures == []
            )
            #expect(try shell("ip route show proto 70") == "10.244.78.0/24 via 192.168.50.2 dev eth0\n")
            #expect(try shell("ip link show").contains("flannel.1") == false)
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: vxlan).failures == [])
            #expect(
                try shell("ip route show proto 70") == "10.244.78.0/24 via 10.244.78.0 dev flannel.1 onlink\n")
        }
    }

    @Test func `ten thousand peers among thirty thousand foreign routes are installed, adopted and removed`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            var wanted = try configuration(network: "10.0.0.0/8", ownSubnet: "10.0.5.0/24")
            wanted.ownSubnet = try block("10.0.5.0/24")
            var socket = try NetlinkSocket()
            let index = try eth0().interfaceIndex
            let foreign = try (0..<30_000 as Range<UInt32>).map { number in
                KernelChange.putRoute(
                    Route(
                        destination: try #require(
                            IPv4Block(base: IPv4Address(bits: 0xAC10_0000 + number << 4), prefixLength: 28)),
                        gateway: nil, interfaceIndex: index, routeProtocol: 4, scope: 253))
            }
            #expect(try socket.commit(foreign) == [])
            let driver = try DataplaneDriver()
            let peers = try manyPeers(10_000)
            let report = try driver.reconcile(wanted, underlay: try eth0(), peers: peers)
            #expect(report.failures == [] && report.skipped == [])
            #expect(report.desiredCount == 30_002)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).onlyObserved)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).changesSent == 30_000)
            #expect(try socket.routes(routeProtocol: 70) == [])
            #expect(try socket.routes(routeProtocol: 4).count == 30_000)
        }
    }
}
