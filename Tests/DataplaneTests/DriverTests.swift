import Addressing
import LeaseLedger
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct DriverTests {
    @Test func `VXLAN state in the kernel equals that of flannel, but for the protocol of the routes`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let peers = [
                try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2"), try vxlanPeer(2, "10.244.94.0/24", "192.168.50.3"),
            ]
            let report = try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers)
            #expect(report.failures == [])
            #expect(report.effectiveMTU == 1450)
            let link = try shell("ip -d link show flannel.1")
            #expect(link.contains("<BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UNKNOWN"))
            #expect(link.contains("link/ether \(ownMAC) brd ff:ff:ff:ff:ff:ff promiscuity 0"))
            #expect(
                link.contains(
                    """
                    vxlan id 1 local 192.168.50.1 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 \
                    udpcsum noudp6zerocsumtx noudp6zerocsumrx addrgenmode eui64 numtxqueues 1
                    """))
            #expect(try shell("ip -4 addr show flannel.1").contains("inet 10.244.89.0/32 scope global flannel.1\n"))
            #expect(
                try shell("ip route show proto 70") == """
                    10.244.78.0/24 via 10.244.78.0 dev flannel.1 onlink
                    10.244.94.0/24 via 10.244.94.0 dev flannel.1 onlink

                    """)
            #expect(
                try shell("ip route show 10.244.78.0/24") == """
                    10.244.78.0/24 via 10.244.78.0 dev flannel.1 proto 70 onlink

                    """)
            #expect(
                try shell("ip neigh show dev flannel.1 | sort") == """
                    10.244.78.0 lladdr \(MACAddress(locallyAdministered: 1)) PERMANENT
                    10.244.94.0 lladdr \(MACAddress(locallyAdministered: 2)) PERMANENT

                    """)
            #expect(
                try shell("bridge fdb show dev flannel.1 | sort") == """
                    \(MACAddress(locallyAdministered: 1)) dst 192.168.50.2 self permanent
                    \(MACAddress(locallyAdministered: 2)) dst 192.168.50.3 self permanent

                    """)
            #expect(try shell("cat /proc/sys/net/ipv6/conf/flannel.1/accept_ra") == "0\n")
        }
    }

    @Test func `host-gw state in the kernel equals that of flannel, but for the protocol of the routes`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("ip route add default via 192.168.50.254")
            let driver = try DataplaneDriver()
            let peers = [
                try hostPeer(1, "10.244.4.0/24", "192.168.50.3"), try hostPeer(2, "10.244.85.0/24", "192.168.50.2"),
                try hostPeer(3, "10.244.86.0/24", "198.51.100.4"),
            ]
            let report = try driver.reconcile(try configuration(.hostGateway), underlay: try eth0(), peers: peers)
            #expect(report.failures == [])
            #expect(report.effectiveMTU == 1500)
            #expect(report.deviceIndex == nil)
            #expect(
                report.skipped.map(\.description) == [
                    "node 00000000, subnet 10.244.86.0/24: its address 198.51.100.4 is not on-link"
                ])
            #expect(
                try shell("ip route") == """
                    default via 192.168.50.254 dev eth0
                    10.244.4.0/24 via 192.168.50.3 dev eth0 proto 70
                    10.244.85.0/24 via 192.168.50.2 dev eth0 proto 70
                    192.168.50.0/24 dev eth0 proto kernel scope link src 192.168.50.1

                    """)
            #expect(
                try driver.reconcile(try configuration(.hostGateway), underlay: try eth0(), peers: peers).onlyObserved)
        }
    }

    @Test func `what is in sync gets no message, whoever made it, and peers come, change and go`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let wanted = try configuration()
            var peers = try manyPeers(300).map { peer in
                var peer = peer
                peer.subnet = try #require(
                    IPv4Block(
                        containing: IPv4Address(bits: 0x0AF4_0000 | peer.subnet.base.bits & 0xFFFF), prefixLength: 24))
                return peer
            }
            peers = Array(peers.filter { wanted.ownSubnet?.overlaps($0.subnet) == false }.prefix(200))
            let driver = try DataplaneDriver()
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).changesSent == 2 + 1 + 600)
            let before = try shell("ip -d link show flannel.1")
            // A restart: another driver, knowing nothing.
            let restarted = try DataplaneDriver()
            #expect(try restarted.reconcile(wanted, underlay: try eth0(), peers: peers.shuffled()).onlyObserved)
            #expect(restarted.changesSent == 0)
            #expect(try shell("ip -d link show flannel.1") == before)
            // One moves: its forwarding entry alone changes, and the former endpoint goes.
            peers[3].publicIP = .v4(try address("192.168.50.77"))
            #expect(try restarted.reconcile(wanted, underlay: try eth0(), peers: peers).changesSent == 1)
            #expect(
                try shell("bridge fdb show dev flannel.1 | grep \(MACAddress(locallyAdministered: 3))")
                    == "\(MACAddress(locallyAdministered: 3)) dst 192.168.50.77 self permanent\n")
            peers.remove(at: 3)
            #expect(try restarted.reconcile(wanted, underlay: try eth0(), peers: peers).changesSent == 3)
            #expect(try shell("ip route show proto 70 | wc -l") == "199\n")
        }
    }

    @Test func `nothing of anybody else is touched, and cleaning up leaves it`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell(
                """
                set -e
                ip route add 10.200.0.0/24 via 192.168.50.9
                ip route add 10.244.200.0/24 via 192.168.50.9 proto static
                ip route add 10.244.201.0/24 via 192.168.50.9 proto 70 table 100
                ip neigh add 192.168.50.9 lladdr 02:00:00:00:00:09 dev eth0
                ip link add other type vxlan id 77 dstport 4789 dev eth0
                bridge fdb add 02:00:00:00:00:09 dst 192.168.50.9 dev other
                """)
            let foreign = """
                ip -d link show dev eth0; ip -d link show dev other; bridge fdb show dev other; ip route show table 100
                ip neigh show dev eth0 nud permanent; ip route show | grep -v 'proto 70'; ip -4 addr show dev eth0
                """
            let before = try shell(foreign)
            let driver = try DataplaneDriver()
            let wanted = try configuration()
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            // Somebody's own on our device.
            try shell(
                """
                set -e
                bridge fdb append 00:00:00:00:00:00 dst 192.168.50.8 dev flannel.1
                ip neigh add 10.244.9.9 lladdr 02:00:00:00:00:09 dev flannel.1 nud reachable
                ip addr add 172.16.0.1/24 dev flannel.1
                """)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: peers).onlyObserved)
            #expect(try shell(foreign).contains("172.16.0.0/24 dev flannel.1"))
            #expect(try driver.cleanup().failures == [])
            let after = try shell(foreign)
            #expect(after == before)
            #expect(try shell("ip route show proto 70; ip link show type vxlan").contains("flannel.1") == false)
            #expect(try driver.cleanup().changesSent == 0)
        }
    }

    @Test func `a route of somebody else in the place of a wanted one is replaced`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("ip route add 10.244.78.0/24 via 192.168.50.9")
            let driver = try DataplaneDriver()
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).isInSync)
            #expect(
                try shell("ip route show 10.244.78.0/24")
                    == "10.244.78.0/24 via 10.244.78.0 dev flannel.1 proto 70 onlink\n")
        }
    }

    @Test func `a refusal names its object and stops nothing else`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            // An address of this host in the place of a peer's gateway: the kernel takes no route through it.
            try shell("ip addr add 10.244.78.0/31 dev eth0")
            let peers = [
                try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2"), try vxlanPeer(2, "10.244.94.0/24", "192.168.50.3"),
            ]
            let report = try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers)
            #expect(report.failures.map(\.change.object) == ["route 10.244.78.0/24 via 10.244.78.0"])
            #expect(report.failures.first?.reason.hasPrefix("Nexthop has invalid gateway") == true)
            #expect(
                try shell("ip route show proto 70") == "10.244.94.0/24 via 10.244.94.0 dev flannel.1 onlink\n")
            // Refused again, and repaired as soon as it can be.
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).failures.count == 1)
            try shell("ip addr del 10.244.78.0/31 dev eth0")
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).isInSync)
            #expect(try shell("ip route show proto 70 | wc -l") == "2\n")
        }
    }

    @Test func `a device that cannot be made is reported in the words of the kernel`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("ip link add felt0 type vxlan id 1 dstport 8472 dev eth0")
            let driver = try DataplaneDriver()
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            let report = try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers)
            #expect(
                report.failures.map(\.description) == [
                    "create device \"flannel.1\": A VXLAN device with the specified VNI already exists (File exists)"
                ])
            #expect(report.deviceIndex == nil)
        }
    }

    @Test func `an underlay that is gone is an error that names it`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let underlay = try eth0()
            try shell("ip link del eth0")
            let error = #expect(throws: DataplaneError.self) {
                try driver.reconcile(try configuration(), underlay: underlay, peers: [])
            }
            #expect(error == .underlayGone(underlay))
        }
    }

    @Test func `alloc changes nothing`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let before = try shell("ip route; ip link")
            let report = try driver.reconcile(
                try configuration(.alloc), underlay: try eth0(),
                peers: [try hostPeer(1, "10.244.1.0/24", "192.168.50.2")])
            #expect(report.onlyObserved && report.effectiveMTU == 1500)
            #expect(try shell("ip route; ip link") == before)
        }
    }
}
