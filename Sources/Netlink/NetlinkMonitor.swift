internal import CLinux
internal import CNetlink
internal import Glibc

/// A subscription to the kernel's changes of links, IPv4 addresses, IPv4 routes, neighbours, forwarding entries and IPv4
/// settings in the network namespace of the thread that made it. One thread reads it; any thread may cancel it.
package struct NetlinkMonitor: ~Copyable {
    private let socket: NotificationSocket
    /// Ends `next()`, once and for all; may be kept and used on any thread.
    package var cancellation: Cancellation { socket.cancellation }
    /// Which notifications come through; all, as long as nothing is said. `nil` when the process is out of descriptors.
    package let gate: NotificationGate?

    private static let groups = [
        RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEIGH, RTNLGRP_IPV4_NETCONF,
    ]
    /// Room for some ten thousand notifications of others' doings before one is lost.
    private static let receiveBuffer: Int32 = 8 << 20

    /// Subscribed when it returns: what changes from then on is told, so read the state afterwards.
    package init() throws(NetlinkError) {
        socket = try NotificationSocket(
            family: NETLINK_ROUTE, groups: Self.groups.map(\.rawValue), receiveBuffer: Self.receiveBuffer)
        gate = socket.gate()
    }

    /// Waits for changes; several that the kernel told at once come together.
    /// - Returns: at least one notification; `.overrun` when some were lost; `nil` once cancelled.
    /// - Throws: when the socket is of no further use.
    package func next() throws(NetlinkError) -> [NetlinkNotification]? {
        try socket.next(overrun: [.overrun]) { bytes in
            let notifications = NetlinkNotification.all(in: bytes)
            return notifications.isEmpty ? nil : notifications
        }
    }

    /// An eventfd that stays readable once written.
    package final class Cancellation: Sendable {
        let descriptor: Int32

        init?() {
            descriptor = clinux_eventfd()
            if descriptor < 0 { return nil }
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        package func cancel() { clinux_eventfd_signal(descriptor) }
    }
}
