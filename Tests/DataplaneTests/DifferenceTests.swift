import Addressing
import LeaseLedger
import Netlink
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct DifferenceTests {
    static let device: Int32 = 5

    /// Peers of a small world, so that two draws share subnets, addresses and MAC addresses.
    static func randomDesired(_ random: inout TestRandom) throws -> DesiredState {
        let number = { (range: Range<UInt32>, random: inout TestRandom) in UInt32.random(in: range, using: &random) }
        let peers = try (0..<Int.random(in: 0...12, using: &random)).map { _ in
            PeerLease(
                nodeID: NodeID(bits: UInt128(number(0..<20, &random))),
                subnet: try block("10.244.\(number(1..<9, &random)).0/24"),
                publicIP: .v4(IPv4Address(bits: 0xC0A8_3202 + number(0..<6, &random))),
                backend: .vxlan(
                    vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(number(0..<8, &random)))))
        }
        let onLink = Set((0..<3).map { _ in IPv4Address(bits: 0xC0A8_3202 + number(0..<6, &random)) })
        let own = Bool.random(using: &random) ? "10.244.\(number(1..<9, &random)).0/24" : nil
        return try DesiredState(
            try configuration(ownSubnet: own, directRouting: Bool.random(using: &random)),
            underlay: Underlay(interfaceIndex: 2, name: "eth0", address: try address("192.168.50.1"), mtu: 1500),
            peers: peers, onLink: onLink, deviceIndex: device)
    }

    static func observed(_ desired: DesiredState) -> ObservedState {
        var state = ObservedState()
        state.device = Link(index: device, name: "flannel.1")
        state.addresses =
            desired.address.map {
                [InterfaceAddress(interfaceIndex: device, address: $0, prefixLength: 32)]
            } ?? []
        state.routes = desired.routes
        state.neighbours = desired.neighbours
        state.forwarding = desired.forwarding
        return state
    }

    /// What somebody may have done to it: entries gone, altered, added, doubled.
    static func meddle(_ state: inout ObservedState, _ random: inout TestRandom) {
        state.routes.removeAll { _ in Int.random(in: 0..<5, using: &random) == 0 }
        state.neighbours.removeAll { _ in Int.random(in: 0..<5, using: &random) == 0 }
        state.forwarding.removeAll { _ in Int.random(in: 0..<5, using: &random) == 0 }
        for route in state.routes where Int.random(in: 0..<4, using: &random) == 0 {
            var other = route
            other.gateway = IPv4Address(bits: 0xC0A8_3263)
            other.interfaceIndex = 2
            other.isOnLink = false
            if Bool.random(using: &random) { other.typeOfService = 8 }
            let place = Int.random(in: 0...state.routes.count, using: &random)
            state.routes.insert(other, at: place)
        }
        for entry in state.forwarding where Int.random(in: 0..<4, using: &random) == 0 {
            var other = entry
            other.destination = IPv4Address(bits: 0xC0A8_3263)
            if Bool.random(using: &random) { other.port = 4789 }
            let place = Int.random(in: 0...state.forwarding.count, using: &random)
            state.forwarding.insert(other, at: place)
        }
    }

    @Test(arguments: UInt64(0)..<3000)
    func `applying the difference to what is gives what should be, and no route is ever dead for it`(
        seed: UInt64
    ) throws {
        var random = TestRandom(state: seed)
        let network = try block("10.244.0.0/16")
        let desired = try Self.randomDesired(&random)
        var start = Self.observed(try Self.randomDesired(&random))
        let isMeddled = Bool.random(using: &random)
        if isMeddled { Self.meddle(&start, &random) }
        var model = KernelModel(state: start)
        let deadBefore = model.deadRoutes(of: Self.device)
        for change in difference(desired, start, network: network) {
            let isTaken = model.apply(change)
            #expect(isTaken, "seed \(seed): \(change) is refused")
            let dead = model.deadRoutes(of: Self.device).subtracting(deadBefore)
            #expect(dead.isEmpty, "seed \(seed): after \(change) packets die at \(dead.map(\.destination))")
        }
        let expected = Self.observed(desired)
        #expect(Set(model.state.routes) == Set(expected.routes), "seed \(seed)")
        #expect(model.state.routes.count == expected.routes.count, "seed \(seed)")
        #expect(Set(model.state.neighbours) == Set(expected.neighbours), "seed \(seed)")
        #expect(Set(model.state.forwarding) == Set(expected.forwarding), "seed \(seed)")
        #expect(model.state.forwarding.count == expected.forwarding.count, "seed \(seed)")
        #expect(model.state.addresses == expected.addresses, "seed \(seed)")
        #expect(difference(desired, model.state, network: network).isEmpty, "seed \(seed)")
    }

    @Test func `a new peer gets neighbour, forwarding entry, route, and loses them in reverse`() throws {
        let network = try block("10.244.0.0/16")
        let underlay = Underlay(interfaceIndex: 2, name: "eth0", address: try address("192.168.50.1"), mtu: 1500)
        let peer = try vxlanPeer(1, "10.244.78.0/24", "192.168.50.2")
        let with = try DesiredState(
            try configuration(), underlay: underlay, peers: [peer], deviceIndex: Self.device)
        let without = try DesiredState(try configuration(), underlay: underlay, peers: [], deviceIndex: Self.device)
        let mac = MACAddress(locallyAdministered: 1)
        #expect(
            difference(with, Self.observed(without), network: network).map(\.description) == [
                "put neighbour 10.244.78.0 lladdr \(mac)", "put fdb \(mac) dst 192.168.50.2",
                "put route 10.244.78.0/24 via 10.244.78.0",
            ])
        #expect(
            difference(without, Self.observed(with), network: network).map(\.description) == [
                "remove route 10.244.78.0/24 via 10.244.78.0", "remove fdb \(mac) dst 192.168.50.2",
                "remove neighbour 10.244.78.0 lladdr \(mac)",
            ])
    }

    @Test func `former addresses of ours go, those of others stay`() throws {
        let desired = try DesiredState(
            try configuration(),
            underlay: Underlay(interfaceIndex: 2, name: "eth0", address: try address("192.168.50.1"), mtu: 1500),
            peers: [], deviceIndex: Self.device)
        var observed = Self.observed(desired)
        let entry = { (text: String, length: Int) in
            InterfaceAddress(interfaceIndex: Self.device, address: try address(text), prefixLength: length)
        }
        observed.addresses = [try entry("10.244.7.0", 32), try entry("10.9.9.9", 32), try entry("10.244.3.1", 24)]
        #expect(
            difference(desired, observed, network: try block("10.244.0.0/16")) == [
                .putAddress(try entry("10.244.89.0", 32)), .removeAddress(try entry("10.244.7.0", 32)),
            ])
    }
}
