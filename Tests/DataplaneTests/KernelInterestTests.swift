import Addressing
import LeaseLedger
import Netlink
import Testing

@testable import Dataplane

@Suite struct KernelInterestTests {
    private func interest(directRouting: Bool = false) throws -> KernelInterest {
        KernelInterest(
            try configuration(directRouting: directRouting),
            underlay: Underlay(interfaceIndex: 2, name: "eth0", address: try address("192.168.50.1"), mtu: 1500),
            deviceIndex: 5,
            peers: [
                try vxlanPeer(1, "10.244.78.0/24", "198.51.100.9"), try vxlanPeer(2, "10.244.79.0/24", "192.0.2.9"),
            ])
    }

    private func route(_ destination: String, by routeProtocol: UInt8 = 4, table: UInt32 = 254) throws -> Route {
        Route(
            destination: try block(destination), gateway: nil, interfaceIndex: 3, routeProtocol: routeProtocol,
            table: table)
    }

    @Test func `what touches our device, the underlay, our routes or those in their place is of interest`() throws {
        let mac = MACAddress(locallyAdministered: 1)
        let base = try address("10.244.78.0")
        let concerning: [NetlinkNotification] = [
            .overrun, .link(Link(index: 2, name: "renamed")), .link(Link(index: 9, name: "flannel.1")),
            .linkRemoved(Link(index: 5, name: "flannel.1")),
            .addressRemoved(InterfaceAddress(interfaceIndex: 2, address: base, prefixLength: 24)),
            .routeRemoved(try route("10.9.0.0/24", by: 70)), .route(try route("10.244.78.0/24")),
            .setting(interfaceIndex: -1), .setting(interfaceIndex: 5), .route(try route("0.0.0.0/0")),
            .neighbour(Neighbour(interfaceIndex: 5, address: base, mac: mac)),
            .forwardingRemoved(ForwardingEntry(interfaceIndex: 5, mac: mac, destination: nil)),
        ]
        let wanted = try interest()
        for notification in concerning { #expect(wanted.concerns(notification), "\(notification)") }
    }

    @Test func `what others do among themselves is not`() throws {
        let mac = MACAddress(locallyAdministered: 1)
        let base = try address("10.244.78.0")
        let idle: [NetlinkNotification] = [
            .link(Link(index: 9, name: "veth9")),
            .address(InterfaceAddress(interfaceIndex: 9, address: base, prefixLength: 24)),
            .route(try route("172.16.0.0/24")), .routeRemoved(try route("198.51.100.0/24")),
            .route(try route("10.244.78.0/24", table: 255)),
            .neighbour(Neighbour(interfaceIndex: 2, address: base, mac: mac)),
            .forwarding(ForwardingEntry(interfaceIndex: 9, mac: mac, destination: nil)),
            .setting(interfaceIndex: 9), .setting(interfaceIndex: -2),
        ]
        let wanted = try interest()
        for notification in idle { #expect(!wanted.concerns(notification), "\(notification)") }
    }

    @Test func `only another's route in the cluster's network may be in front of ours`() throws {
        let wanted = try interest()
        #expect(wanted.mayBeInFront(.route(try route("10.244.78.0/24"))) && wanted.mayBeInFront(.overrun))
        for notification: NetlinkNotification in [
            .route(try route("10.244.78.0/24", by: 70)), .route(try route("10.9.0.0/24")),
            .route(try route("10.244.78.0/24", table: 100)), .routeRemoved(try route("10.244.78.0/24")),
        ] { #expect(!wanted.mayBeInFront(notification), "\(notification)") }
    }

    @Test func `what happens to our own device does not move the underlay`() throws {
        let wanted = try interest()
        #expect(wanted.isOwn(.link(Link(index: 5, name: "flannel.1"))))
        #expect(
            !wanted.isOwn(.link(Link(index: 5, name: "other"))) && !wanted.isOwn(.link(Link(index: 2, name: "eth0"))))
    }

    @Test(arguments: [
        ("198.51.100.0/24", true), ("192.0.2.8/30", true), ("192.0.0.0/8", true), ("198.51.100.10/32", false),
        ("203.0.113.0/24", false),
    ])
    func `with direct routing a route to a peer is of interest`(destination: String, expected: Bool) throws {
        let wanted = try interest(directRouting: true)
        #expect(wanted.concerns(.routeRemoved(try route(destination))) == expected)
    }
}
