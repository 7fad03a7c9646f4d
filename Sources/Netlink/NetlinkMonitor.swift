internal import CLinux
internal import CNetlink
internal import Glibc

/// A subscription to the kernel's changes of links, IPv4 addresses, IPv4 routes, neighbours and forwarding entries in the
/// network namespace of the thread that made it. One thread reads it; any thread may cancel it.
package struct NetlinkMonitor: ~Copyable {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    /// Ends `next()`, once and for all; may be kept and used on any thread.
    package let cancellation: Cancellation
    /// Which notifications come through; all, as long as nothing is said. `nil` when the process is out of descriptors.
    package let gate: NotificationGate?

    private static let groups = [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEIGH]
    /// Room for some ten thousand notifications of others' doings before one is lost.
    private static let receiveBuffer: Int32 = 8 << 20

    /// Subscribed when it returns: what changes from then on is told, so read the state afterwards.
    package init() throws(NetlinkError) {
        let operation = "subscribe to netlink notifications"
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), NETLINK_ROUTE)
        guard descriptor >= 0 else { throw NetlinkError(operation: operation, code: errno) }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = Self.groups.reduce(0) { $0 | 1 << ($1.rawValue - 1) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard bound == 0, let cancellation = Cancellation() else {
            let code = errno
            close(descriptor)
            throw NetlinkError(operation: operation, code: code)
        }
        _ = setReceiveBuffer(of: descriptor, bytes: Self.receiveBuffer)
        self.descriptor = descriptor
        self.cancellation = cancellation
        gate = NotificationGate(of: descriptor)
        buffer = .allocate(byteCount: 64 << 10, alignment: 8)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Waits for changes; several that the kernel told at once come together.
    /// - Returns: at least one notification; `.overrun` when some were lost; `nil` once cancelled.
    /// - Throws: when the socket is of no further use.
    package func next() throws(NetlinkError) -> [NetlinkNotification]? {
        while true {
            var polled = [
                pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&polled, nfds_t(polled.count), -1) >= 0 else {
                if errno == EINTR { continue }
                throw NetlinkError(operation: "wait for netlink notifications", code: errno)
            }
            if polled[0].revents != 0 { return nil }
            switch receiveDatagram(from: descriptor, into: buffer, flags: Int32(MSG_DONTWAIT)) {
            case .success(let bytes):
                let notifications = NetlinkNotification.all(in: bytes)
                if !notifications.isEmpty { return notifications }
            case .failure(let failure) where failure.code == EAGAIN: continue
            case .failure(let failure) where failure.code == ENOBUFS || failure.code == EMSGSIZE: return [.overrun]
            case .failure(let failure):
                throw NetlinkError(operation: "read netlink notifications", code: failure.code)
            }
        }
    }

    /// An eventfd that stays readable once written.
    package final class Cancellation: Sendable {
        fileprivate let descriptor: Int32

        fileprivate init?() {
            descriptor = clinux_eventfd()
            if descriptor < 0 { return nil }
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        package func cancel() { clinux_eventfd_signal(descriptor) }
    }
}
