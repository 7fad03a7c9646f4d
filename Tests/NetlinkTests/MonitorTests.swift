import Addressing
import Glibc
import NetworkTestSupport
import Testing

@testable import Netlink

@Suite struct MonitorTests {
    /// Reads until a notification satisfies `isWanted`.
    private func wait(
        for what: String, on monitor: borrowing NetlinkMonitor, _ isWanted: (NetlinkNotification) -> Bool
    ) throws {
        while true {
            let notifications = try #require(try monitor.next(), "cancelled while waiting for \(what)")
            if notifications.contains(where: isWanted) { return }
        }
    }

    @Test func `changes made by others are told`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let monitor = try NetlinkMonitor()
            try shell("ip link add vx0 type vxlan id 3 dstport 8472 dev eth0 nolearning; ip link set vx0 up")
            try wait(for: "link", on: monitor) {
                if case .link(let link) = $0 { link.name == "vx0" && link.isUp && link.vxlan?.vni == 3 } else { false }
            }
            try shell("ip addr add 10.0.0.1/32 dev vx0")
            try wait(for: "address", on: monitor) { if case .address = $0 { true } else { false } }
            try shell("ip route add 10.1.0.0/24 via 192.168.50.2 proto 70; ip route del 10.1.0.0/24")
            try wait(for: "route", on: monitor) {
                if case .routeRemoved(let route) = $0 { route.routeProtocol == 70 } else { false }
            }
            try shell("ip neigh add 10.1.0.0 lladdr 02:00:00:00:00:02 dev vx0; ip neigh del 10.1.0.0 dev vx0")
            try wait(for: "neighbour", on: monitor) { if case .neighbourRemoved = $0 { true } else { false } }
            try shell("bridge fdb add 02:00:00:00:00:02 dst 192.168.50.2 dev vx0 self permanent")
            try wait(for: "forwarding entry", on: monitor) {
                if case .forwarding(let entry) = $0 { entry.isPermanent && entry.destination != nil } else { false }
            }
            try shell("ip link del vx0")
            try wait(for: "removal of the link", on: monitor) {
                if case .linkRemoved(let link) = $0 { link.name == "vx0" } else { false }
            }
        }
    }

    @Test func `lost notifications are told as an overrun`() throws {
        try inPrivateNamespace {
            try makeUnderlay()
            let monitor = try NetlinkMonitor()
            var socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            let changes = (1..<30_000 as Range<UInt32>).compactMap { number in
                IPv4Block(base: IPv4Address(bits: 0x0A00_0000 | number << 8), prefixLength: 24).map {
                    KernelChange.putRoute(
                        Route(
                            destination: $0, gateway: IPv4Address(bits: 0xC0A8_3202), interfaceIndex: index,
                            metric: number, routeProtocol: 70))
                }
            }
            #expect(try socket.commit(changes) == [])
            try wait(for: "overrun", on: monitor) { $0 == .overrun }
        }
    }

    @Test func `a cancelled monitor ends, whoever cancels it`() throws {
        let monitor = try NetlinkMonitor()
        monitor.cancellation.cancel()
        #expect(try monitor.next() == nil)
        #expect(try monitor.next() == nil)
    }
}
