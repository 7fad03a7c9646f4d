import Addressing
import NetworkTestSupport
import Testing

@testable import Netlink

@Suite struct NotificationGateTests {
    /// What comes through until the MTU of peer0 changes, as words.
    private func heard(on monitor: borrowing NetlinkMonitor) throws -> [String] {
        try shell("ip link set peer0 mtu 1400")
        var words: [String] = []
        while true {
            for notification in try #require(try monitor.next()) {
                switch notification {
                case .route(let route): words.append("route \(route.destination)")
                case .routeRemoved(let route): words.append("no route \(route.destination)")
                case .neighbour(let entry): words.append("neighbour \(entry.address)")
                case .forwarding(let entry): words.append("fdb \(entry.mac)")
                case .overrun: words.append("overrun")
                case .link(let link) where link.name == "peer0" && link.mtu == 1400: return words
                default: break
                }
            }
        }
    }

    private func route(_ text: String) throws -> Route {
        Route(
            destination: try IPv4Block(parsing: text), gateway: try IPv4Address(parsing: "192.168.50.2"),
            interfaceIndex: 0, routeProtocol: 70)
    }

    @Test func `the kernel tells of our routes, of those in our network and of default routes, and of no other`() throws
    {
        try inPrivateNamespace {
            try makeUnderlay()
            let monitor = try NetlinkMonitor()
            let opened = monitor.gate
            let gate = try #require(opened)
            let network = try IPv4Block(parsing: "10.244.0.0/16")
            #expect(gate.admit(.init(requester: 0, routes: (network, 70))))
            try shell(
                """
                set -e
                for route in 172.16.0.0/12 10.245.0.0/24 10.0.0.0/8; do
                    ip route add $route via 192.168.50.2; ip route del $route
                done
                ip route add 172.17.0.0/16 via 192.168.50.2 proto 70
                ip route add 10.244.7.0/24 via 192.168.50.2
                ip route del 10.244.7.0/24
                ip route add 10.244.0.0/16 via 192.168.50.2
                ip route add default via 192.168.50.2
                """)
            let heard = try heard(on: monitor)
            #expect(
                heard == [
                    "route 172.17.0.0/16", "route 10.244.7.0/24", "no route 10.244.7.0/24", "route 10.244.0.0/16",
                    "route 0.0.0.0/0",
                ])
        }
    }

    @Test func `it tells of one device's neighbours and forwarding entries, and of no other's`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            try shell(
                """
                set -e
                ip link add vx0 type vxlan id 3 dstport 8472 dev eth0 nolearning
                ip link add vx1 type vxlan id 4 dstport 8473 dev eth0 nolearning
                """)
            let monitor = try NetlinkMonitor()
            var socket = try NetlinkSocket()
            let found = try socket.link(named: "vx0")
            let device = try #require(found)
            let opened = monitor.gate
            #expect(try #require(opened).admit(.init(requester: 0, deviceIndex: device.index)))
            try shell(
                """
                set -e
                for device in vx1 vx0; do
                    ip neigh add 10.1.0.0 lladdr 02:00:00:00:00:02 dev $device
                    bridge fdb add 02:00:00:00:00:03 dst 192.168.50.2 dev $device self permanent
                done
                """)
            let heard = try heard(on: monitor)
            #expect(heard == ["neighbour 10.1.0.0", "fdb 02:00:00:00:00:03"])
        }
    }

    @Test func `one socket's own changes are left out, everybody else's come through, until the rule changes`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let monitor = try NetlinkMonitor()
            let opened = monitor.gate
            let gate = try #require(opened)
            var socket = try NetlinkSocket()
            let port = socket.port
            #expect(port != 0)
            #expect(gate.admit(.init(requester: port)))
            let route = try route("10.244.1.0/24")
            #expect(try socket.commit([.putRoute(route)]) == [])
            try shell("ip route add 172.16.0.0/12 via 192.168.50.2")
            var heard = try heard(on: monitor)
            #expect(heard == ["route 172.16.0.0/12"])
            #expect(gate.admit(.init(requester: 0)))
            #expect(try socket.commit([.removeRoute(route)]) == [])
            try shell("ip link set peer0 mtu 1300")
            heard = try self.heard(on: monitor)
            #expect(heard == ["no route 10.244.1.0/24"])
        }
    }
}
