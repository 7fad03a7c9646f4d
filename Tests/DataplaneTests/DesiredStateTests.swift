import Addressing
import LeaseLedger
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct DesiredStateTests {
    private func underlay(mtu: UInt32 = 1500) throws -> Underlay {
        Underlay(interfaceIndex: 2, name: "eth0", address: try address("192.168.50.1"), mtu: mtu)
    }

    @Test func `a VXLAN peer gets a neighbour, a forwarding entry and a route through the base of its subnet`() throws {
        let peer = try vxlanPeer(7, "10.244.78.0/24", "192.168.50.2")
        let state = try DesiredState(
            try configuration(), underlay: try underlay(), peers: [peer], deviceIndex: 5)
        let base = try address("10.244.78.0")
        let mac = MACAddress(locallyAdministered: 7)
        #expect(state.device?.name == "flannel.1")
        #expect(state.device?.mtu == 1450)
        #expect(state.address?.description == "10.244.89.0")
        #expect(state.neighbours == [Neighbour(interfaceIndex: 5, address: base, mac: mac)])
        #expect(
            state.forwarding
                == [ForwardingEntry(interfaceIndex: 5, mac: mac, destination: try address("192.168.50.2"))])
        #expect(
            state.routes
                == [
                    Route(
                        destination: peer.subnet, gateway: base, interfaceIndex: 5, isOnLink: true, metric: 0,
                        routeProtocol: 70)
                ])
        #expect(state.skipped.isEmpty)
    }

    @Test func `a host-gw peer gets a route through its address, if that is on-link`() throws {
        let peers = [
            try hostPeer(1, "10.244.4.0/24", "192.168.50.3"), try hostPeer(2, "10.244.5.0/24", "198.51.100.1"),
        ]
        let gateway = try address("192.168.50.3")
        let state = try DesiredState(
            try configuration(.hostGateway), underlay: try underlay(), peers: peers, onLink: [gateway])
        #expect(
            state.routes
                == [Route(destination: peers[0].subnet, gateway: gateway, interfaceIndex: 2, routeProtocol: 70)])
        #expect(state.device == nil && state.address == nil && state.neighbours.isEmpty && state.forwarding.isEmpty)
        #expect(state.skipped.map(\.reason) == [.notOnLink(try address("198.51.100.1"))])
        #expect(state.mtu == 1500)
    }

    @Test func `with direct routing only peers off-link take the tunnel`() throws {
        let peers = [
            try vxlanPeer(1, "10.244.4.0/24", "192.168.50.3"), try vxlanPeer(2, "10.244.5.0/24", "198.51.100.1"),
        ]
        let state = try DesiredState(
            try configuration(directRouting: true), underlay: try underlay(), peers: peers,
            onLink: [try address("192.168.50.3")], deviceIndex: 5)
        #expect(state.routes.map(\.interfaceIndex) == [2, 5])
        #expect(state.routes.map(\.isOnLink) == [false, true])
        #expect(state.forwarding.count == 1 && state.neighbours.count == 1)
    }

    @Test func `what cannot be reached is skipped with its reason, the others are not`() throws {
        let shared = MACAddress(locallyAdministered: 77)
        let peers = [
            try hostPeer(1, "10.244.1.0/24", "192.168.50.2"),
            try vxlanPeer(2, "10.244.2.0/24", "192.168.50.2", vni: 9),
            try vxlanPeer(3, "10.244.3.0/24", "fd00::2"),
            try vxlanPeer(4, "10.244.4.0/24", "192.168.50.1"),
            try vxlanPeer(5, "10.9.5.0/24", "192.168.50.5"),
            try vxlanPeer(6, "10.244.0.0/17", "192.168.50.6"),
            try vxlanPeer(7, "10.244.89.0/24", "192.168.50.7"),
            try vxlanPeer(8, "10.244.8.0/24", "192.168.50.8", mac: shared),
            try vxlanPeer(9, "10.244.9.0/24", "192.168.50.9", mac: shared),
            try vxlanPeer(10, "10.244.8.0/24", "192.168.50.10"),
            try vxlanPeer(11, "10.244.11.0/24", "192.168.50.11", mac: ownMAC),
            try vxlanPeer(12, "10.244.12.0/24", "192.168.50.8", mac: shared),
            try vxlanPeer(13, "10.244.13.0/24", "127.0.0.1"),
        ]
        let state = try DesiredState(
            try configuration(), underlay: try underlay(), peers: peers.reversed(), deviceIndex: 5)
        #expect(
            state.skipped.map(\.reason) == [
                .otherBackend(.hostGateway), .otherVNI(9), .notIPv4(try AnyIPAddress(parsing: "fd00::2")),
                .ownAddress(try address("192.168.50.1")), .notOfThePool, .notOfThePool, .ownSubnet,
                .sameMAC(shared, as: NodeID(bits: 8)), .sameSubnet(as: NodeID(bits: 8)), .ownMAC(ownMAC),
                .unusableAddress(try address("127.0.0.1")),
            ])
        #expect(state.routes.map(\.destination.description) == ["10.244.8.0/24", "10.244.12.0/24"])
        #expect(state.forwarding.count == 1)
    }

    @Test func `of two peers with one MAC address the live one is routed to, whatever the order of the nodes`() throws {
        let shared = MACAddress(locallyAdministered: 77)
        var before = try vxlanPeer(8, "10.244.8.0/24", "192.168.50.8", mac: shared)
        before.isLive = false
        let now = try vxlanPeer(9, "10.244.9.0/24", "192.168.50.9", mac: shared)
        let state = try DesiredState(
            try configuration(), underlay: try underlay(), peers: [before, now], deviceIndex: 5)
        #expect(state.routes.map(\.destination) == [now.subnet])
        #expect(state.forwarding.map(\.destination) == [try address("192.168.50.9")])
        #expect(state.skipped.map(\.reason) == [.sameMAC(shared, as: now.nodeID)])
        #expect(state.skipped.map(\.isAClash) == [true])
    }

    @Test(arguments: [
        ("10.0.0.0/14", "10.1.2.0/24", 0), ("10.0.0.0/13", "10.1.2.0/24", 259),
        ("10.0.0.0/8", "10.255.255.0/24", 65536),
    ])
    func `only networks of more than 1,024 subnets give each route a metric`(
        network: String, subnet: String, metric: UInt32
    ) throws {
        let state = try DesiredState(
            try configuration(network: network, ownSubnet: nil), underlay: try underlay(),
            peers: [try vxlanPeer(1, subnet, "192.168.50.2")], deviceIndex: 5)
        #expect(state.routes.map(\.metric) == [metric])
    }

    @Test func `the MTU is what the underlay leaves, or the override`() throws {
        var wanted = try configuration()
        #expect(try wanted.effectiveMTU(over: try underlay()) == 1450)
        wanted.mtu = 1400
        #expect(try wanted.effectiveMTU(over: try underlay()) == 1400)
        wanted.mtu = 9000
        #expect(try wanted.effectiveMTU(over: try underlay()) == 1450)
        wanted.mtu = 500
        let error = #expect(throws: DataplaneError.self) { try wanted.effectiveMTU(over: try self.underlay()) }
        #expect(error?.description.contains("MTU 500 is too small") == true)
        wanted.mtu = nil
        #expect(throws: DataplaneError.self) { try wanted.effectiveMTU(over: try self.underlay(mtu: 600)) }
        #expect(try configuration(.hostGateway).effectiveMTU(over: try underlay()) == 1500)
    }

    @Test(arguments: ["", "sixteen-letters-", "a/b", "a b", "..", "a\nb", "ä", "eth0"])
    func `a device name that would hurt is refused`(name: String) throws {
        var wanted = try configuration()
        wanted.deviceName = name
        #expect(throws: DataplaneError.self) { try wanted.checkDeviceName(over: try self.underlay()) }
    }

    @Test func `alloc wants nothing of the kernel`() throws {
        let state = try DesiredState(
            try configuration(.alloc), underlay: try underlay(), peers: [try hostPeer(1, "10.244.1.0/24", "1.2.3.4")])
        #expect(state.entryCount == 0 && state.skipped.isEmpty)
    }
}

@Suite struct TrafficRulesTests {
    @Test func `the rules are accepted by nft, replace themselves, and go without a trace`() throws {
        try inPrivateNamespace {
            var rules = TrafficRules(
                network: try IPv4Block(parsing: "10.244.0.0/16"), ownSubnet: try IPv4Block(parsing: "10.244.7.0/24"))
            for subnet in ["10.244.7.0/24", "10.244.7.0/24", "10.244.9.0/24"] {
                rules.ownSubnet = try IPv4Block(parsing: subnet)
                try shell("nft -f - <<'END'\n\(rules.script)END")
                let listed = try shell("nft list ruleset")
                #expect(listed.contains("ip saddr \(subnet) ip daddr 10.244.0.0/16 return"))
                #expect(
                    listed.contains("0x00004000") && listed.contains("224.0.0.0/4") && listed.contains("fully-random"))
                #expect(listed.ranges(of: "table ip felt").count == 1)
            }
            for _ in 0..<2 { try shell("nft -f - <<'END'\n\(TrafficRules.removal)END") }
            #expect(try shell("nft list ruleset") == "")
        }
    }
}
