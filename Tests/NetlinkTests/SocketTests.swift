import Addressing
import Glibc
import NetworkTestSupport
import Testing

@testable import Netlink

@Suite struct SocketTests {
    private func block(_ text: String) throws -> IPv4Block { try IPv4Block(parsing: text) }
    private func address(_ text: String) throws -> IPv4Address { try IPv4Address(parsing: text) }

    private func makeTunnel(_ socket: inout NetlinkSocket) throws -> Link {
        let eth0 = try #require(try socket.link(named: "eth0"))
        let parameters = VXLANParameters(
            vni: 1, link: eth0.index, local: try address("192.168.50.1"), port: 8472, gbp: true, udpChecksum: false)
        let mac = try MACAddress(parsing: "62:77:9a:41:db:05")
        #expect(
            try socket.commit([.createVXLAN(name: "flannel.1", parameters: parameters, mac: mac, mtu: 1450)]) == [])
        let made = try #require(try socket.link(named: "flannel.1"))
        #expect(made.vxlan == parameters)
        #expect((made.mac, made.mtu, made.isUp, made.kind) == (mac, 1450, false, "vxlan"))
        let up = LinkSettings(mtu: 1400, isUp: true, addressGeneration: Link.AddressGeneration.none)
        #expect(try socket.commit([.configureLink(index: made.index, name: made.name, settings: up)]) == [])
        return try #require(try socket.link(index: made.index))
    }

    @Test func `a tunnel is made, read back, changed and deleted`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            var socket = try NetlinkSocket()
            let tunnel = try makeTunnel(&socket)
            #expect((tunnel.mtu, tunnel.isUp, tunnel.addressGeneration) == (1400, true, Link.AddressGeneration.none))
            #expect(try socket.links().map(\.name) == ["lo", "peer0", "eth0", "flannel.1"])
            #expect(try socket.commit([.deleteLink(index: tunnel.index, name: tunnel.name)]) == [])
            #expect(try socket.link(named: "flannel.1") == nil)
            #expect(try socket.link(index: tunnel.index) == nil)
        }
    }

    @Test func `what was put is read back, filtered, and removed`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            var socket = try NetlinkSocket()
            let tunnel = try makeTunnel(&socket)
            let own = InterfaceAddress(
                interfaceIndex: tunnel.index, address: try address("10.244.1.0"), prefixLength: 32)
            let mac = try MACAddress(parsing: "1a:0b:eb:44:39:60")
            let neighbour = Neighbour(interfaceIndex: tunnel.index, address: try address("10.244.78.0"), mac: mac)
            let entry = ForwardingEntry(
                interfaceIndex: tunnel.index, mac: mac, destination: try address("192.168.50.2"))
            let routes = try (0..<300 as Range<UInt32>).map { number in
                Route(
                    destination: try block("10.245.\(number % 256).0/24"), gateway: try address("10.244.78.0"),
                    interfaceIndex: tunnel.index, isOnLink: true, metric: number, routeProtocol: 70)
            }
            try shell("ip route add 10.9.0.0/16 dev eth0; ip neigh add 192.168.50.9 lladdr 02:00:00:00:00:09 dev eth0")
            let put: [KernelChange] =
                [.putAddress(own), .putNeighbour(neighbour), .putForwarding(entry)] + routes.map { .putRoute($0) }
            #expect(try socket.commit(put) == [])
            #expect(try socket.commit(put) == [])
            #expect(try socket.addresses(of: tunnel.index) == [own])
            #expect(try socket.neighbours(of: tunnel.index) == [neighbour])
            #expect(try socket.forwardingEntries(of: tunnel.index) == [entry])
            #expect(Set(try socket.routes(routeProtocol: 70)) == Set(routes))
            let remove: [KernelChange] =
                routes.map { .removeRoute($0) }
                + [.removeForwarding(entry), .removeNeighbour(neighbour), .removeAddress(own)]
            #expect(try socket.commit(remove) == [])
            #expect(try socket.addresses(of: tunnel.index) == [])
            #expect(try socket.neighbours(of: tunnel.index) == [])
            #expect(try socket.forwardingEntries(of: tunnel.index) == [])
            #expect(try socket.routes(routeProtocol: 70) == [])
            #expect(try shell("ip route show 10.9.0.0/16") == "10.9.0.0/16 dev eth0 scope link\n")
        }
    }

    @Test func `refusals by the thousand are matched to their objects and do not stop the others`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            var socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            // Every second gateway is not on-link.
            let changes = (0..<5000 as Range<UInt32>).compactMap { number -> KernelChange? in
                let gateway = IPv4Address(bits: (number % 2 == 0 ? 0xC0A8_3202 : 0xC0A8_6302))
                return IPv4Block(base: IPv4Address(bits: 0x0A00_0000 | number << 8), prefixLength: 24).map {
                    .putRoute(
                        Route(
                            destination: $0, gateway: gateway, interfaceIndex: index, metric: number + 1,
                            routeProtocol: 70))
                }
            }
            let failures = try socket.commit(changes)
            #expect(failures.map(\.change) == changes.enumerated().filter { $0.offset % 2 == 1 }.map(\.element))
            #expect(failures.first?.kernelText == "Nexthop has invalid gateway")
            #expect(
                failures.first?.description
                    == "put route 10.0.1.0/24 via 192.168.99.2: Nexthop has invalid gateway (Network is unreachable)")
            #expect(try socket.routes(routeProtocol: 70).count == 2500)
        }
    }

    @Test func `in a bare namespace there are no routes and no error`() throws {
        try inPrivateNamespace {
            var socket = try NetlinkSocket()
            #expect(try socket.routes(routeProtocol: 70) == [])
            #expect(try socket.link(named: "nothing") == nil)
            #expect(try socket.lookup(try address("192.0.2.1")) == nil)
        }
    }

    @Test func `the kernel tells the way to an address`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell("ip route add default via 192.168.50.254; ip route add unreachable 203.0.113.0/24")
            var socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            let own = try address("192.168.50.1")
            let onLink = (0..<1000).map { _ in IPv4Address(bits: 0xC0A8_3202) }
            let found = try socket.lookup(
                [try address("192.168.50.7"), try address("8.8.8.8"), own, try address("203.0.113.1")] + onLink)
            #expect(found[0] == RouteLookup(gateway: nil, interfaceIndex: index, preferredSource: own))
            #expect(found[0]?.isOnLink(over: index) == true)
            #expect(found[1]?.gateway?.description == "192.168.50.254")
            #expect(found[2]?.isOnLink(over: index) == false)
            #expect(found[3] == nil)
            #expect(found.dropFirst(4).allSatisfy { $0?.isOnLink(over: index) == true })
        }
    }

    @Test func `the permission to change the network follows the capability`() {
        #expect(NetworkAdministration.isPermitted)
    }
}
