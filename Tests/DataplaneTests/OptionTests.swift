import Addressing
import LeaseLedger
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct OptionTests {
    @Test func `a route of others behind ours stays, one in front of ours gives way`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).isInSync)
            try shell("ip route append 10.244.78.0/24 via 192.168.50.9 proto static")
            let behind = try shell("ip route show 10.244.78.0/24")
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).onlyObserved)
            #expect(try shell("ip route show 10.244.78.0/24") == behind)
            try shell("ip route prepend 10.244.78.0/24 via 192.168.50.8 proto static")
            let unseen = try driver.reconcile(
                try configuration(), underlay: try eth0(), peers: peers, looksForOthers: false)
            #expect(unseen.onlyObserved, "only a look at the whole table finds it")
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).changesSent == 2)
            #expect(try shell("ip route get 10.244.78.1").contains("dev flannel.1"))
            #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).onlyObserved)
        }
    }

    /// A node that starts from an old disk takes its own subnet for another's, until its peers tell it better.
    @Test func `the bridge's own route to its containers outlives a route to a peer in its place`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            try shell("ip link add cni0 type bridge; ip addr add 10.244.78.1/24 dev cni0; ip link set cni0 up")
            let own = try shell("ip route show 10.244.78.0/24")
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            for looksForOthers in [true, false] {
                let report = try driver.reconcile(
                    try configuration(), underlay: try eth0(), peers: peers, looksForOthers: looksForOthers)
                #expect(report.failures == [])
                #expect(try shell("ip route get 10.244.78.5").contains("dev flannel.1"))
                #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: peers).onlyObserved)
                #expect(try driver.reconcile(try configuration(), underlay: try eth0(), peers: []).failures == [])
                #expect(try shell("ip route show 10.244.78.0/24") == own)
            }
        }
    }

    @Test func `a blackhole takes what no container has, and never what one has`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            var wanted = try configuration()
            wanted.blackhole = true
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).isInSync)
            #expect(
                try shell("ip route show proto 70") == "blackhole 10.244.89.0/24 metric 4294967295\n")
            try shell("ip route add 10.244.89.7 dev peer0")
            #expect(try shell("ip route get 10.244.89.7").contains("dev peer0"))
            #expect(try shell("ip route get 10.244.89.8 || true").contains("Invalid argument"))
            try shell("ip link add cni0 type bridge; ip addr add 10.244.89.1/24 dev cni0; ip link set cni0 up")
            #expect(try shell("ip route get 10.244.89.8").contains("dev cni0"))
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).onlyObserved)
            wanted.blackhole = false
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).changesSent == 1)
            #expect(try shell("ip route show proto 70") == "")
        }
    }

    @Test func `forwarding that is off is told, and turned on only when asked for`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.ip_forward=0")
            let driver = try DataplaneDriver()
            var wanted = try configuration()
            let told = try driver.reconcile(wanted, underlay: try eth0(), peers: [])
            #expect(told.isInSync && told.notes.map(\.subject) == ["net.ipv4.ip_forward"], "\(told.notes)")
            #expect(try shell("cat /proc/sys/net/ipv4/ip_forward") == "0\n")
            wanted.forwards = true
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).notes == [])
            #expect(try shell("cat /proc/sys/net/ipv4/ip_forward") == "1\n")
            try shell("sysctl -qw net/ipv4/conf/flannel.1/forwarding=0")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).notes == [])
            #expect(try shell("cat /proc/sys/net/ipv4/conf/flannel.1/forwarding") == "1\n")
            wanted.forwards = false
            try shell("sysctl -qw net/ipv4/conf/flannel.1/forwarding=0")
            let device = try driver.reconcile(wanted, underlay: try eth0(), peers: [])
            #expect(device.notes.map(\.subject) == ["net.ipv4.conf.flannel.1.forwarding"], "\(device.notes)")
        }
    }

    @Test func `strict reverse path filtering is told of each device that it concerns`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell(
                """
                sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
                sysctl -qw net.ipv4.conf.eth0.rp_filter=0
                ip link add cni0 type bridge; ip addr add 10.244.89.1/24 dev cni0; ip link set cni0 up
                """)
            let driver = try DataplaneDriver()
            let wanted = try configuration()
            func subjects() throws -> [String] {
                try driver.reconcile(wanted, underlay: try eth0(), peers: []).notes.map(\.subject)
            }
            #expect(try subjects() == [])
            for device in ["flannel.1", "eth0", "cni0"] {
                try shell("sysctl -qw net/ipv4/conf/\(device)/rp_filter=1")
                #expect(try subjects() == ["net.ipv4.conf.\(device).rp_filter"])
                // The larger of the two counts: loose for all makes it loose.
                try shell("sysctl -qw net/ipv4/conf/all/rp_filter=2")
                #expect(try subjects() == [])
                try shell("sysctl -qw net/ipv4/conf/all/rp_filter=0 net/ipv4/conf/\(device)/rp_filter=0")
            }
            try shell("sysctl -qw net/ipv4/conf/all/rp_filter=1")
            #expect(try subjects() == Array(repeating: "net.ipv4.conf.all.rp_filter", count: 3))
        }
    }

    @Test func `an MTU above what the underlay carries is told, and what is used instead`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0")
            let driver = try DataplaneDriver()
            var wanted = try configuration()
            wanted.mtu = 9_000
            let report = try driver.reconcile(wanted, underlay: try eth0(), peers: [])
            #expect(report.isInSync && report.effectiveMTU == 1_450)
            #expect(report.notes.map(\.subject) == ["--mtu"])
            #expect(report.notes.first?.message.contains("1450 is used instead") == true, "\(report.notes)")
            wanted.mtu = 1_300
            let smaller = try driver.reconcile(wanted, underlay: try eth0(), peers: [])
            #expect(smaller.notes == [] && smaller.effectiveMTU == 1_300)
        }
    }

    @Test func `GBP, learning and a missing UDP checksum are the device's from its making`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let driver = try DataplaneDriver()
            var wanted = try configuration()
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).isInSync)
            (wanted.gbp, wanted.learning, wanted.udpChecksum) = (true, true, false)
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).isInSync)
            let link = try shell("ip -d link show flannel.1")
            #expect(link.contains(" noudpcsum ") && link.contains(" gbp ") && !link.contains("nolearning"), "\(link)")
            #expect(try driver.reconcile(wanted, underlay: try eth0(), peers: []).onlyObserved)
        }
    }

    @Test(arguments: [BackendKind.vxlan, .hostGateway])
    func `a device of ours under a former name goes at the next start, others stay`(next: BackendKind) throws {
        try inPrivateNamespace {
            try makeUnderlay()
            var former = try configuration()
            former.deviceName = "overlay0"
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try DataplaneDriver().reconcile(former, underlay: try eth0(), peers: peers).isInSync)
            try shell(
                """
                ip link add other type vxlan id 77 dstport 4789 dev eth0
                ip link add br0 type bridge; ip link set br0 alias felt
                """)
            let driver = try DataplaneDriver()
            // The same VNI: the kernel would refuse the new device beside the former one.
            let report = try driver.reconcile(
                try configuration(next), underlay: try eth0(),
                peers: next == .vxlan ? peers : [try hostPeer(1, "10.244.78.0/24", "192.168.50.2")])
            #expect(report.failures == [])
            let links = try shell("ip -br link | cut -d' ' -f1 | cut -d@ -f1 | sort").split(separator: "\n")
                .map(String.init)
            let own = next == .vxlan ? ["flannel.1"] : []
            #expect(links == ["br0", "eth0"] + own + ["lo", "other", "peer0"])
            #expect(try shell("ip route show proto 70 | wc -l") == "1\n")
        }
    }

    @Test func `cleaning up takes everything of ours and nothing else, under whatever name, and says so first`() throws
    {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell(
                """
                ip link add other type vxlan id 77 dstport 4789 dev eth0
                ip route add 10.9.0.0/16 via 192.168.50.9
                """)
            let before = try shell("ip route; ip -br link")
            var wanted = try configuration()
            (wanted.deviceName, wanted.blackhole) = ("overlay0", true)
            let peers = [try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")]
            #expect(try DataplaneDriver().reconcile(wanted, underlay: try eth0(), peers: peers).isInSync)
            // Adopted before devices had the mark: known by its routes.
            try shell("ip link set overlay0 alias ''")
            let driver = try DataplaneDriver()
            let installed = try shell("ip route; ip -br link")
            #expect(
                try driver.leftovers().map(\.object).sorted() == [
                    "blackhole 10.244.89.0/24", "device \"overlay0\"", "route 10.244.78.0/24 via 10.244.78.0",
                ])
            #expect(try shell("ip route; ip -br link") == installed)
            #expect(try driver.cleanup().failures == [])
            #expect(try shell("ip route; ip -br link") == before)
            #expect(try driver.leftovers() == [])
        }
    }
}
