internal import Addressing
internal import CNetlink
internal import Glibc

/// What the kernel has announced.
package enum NetlinkNotification: Hashable, Sendable {
    case link(index: Int32, name: String)
    case address(device: Int32)
    /// A route of the main table; by whom and where to.
    case route(destination: String, device: Int32, routeProtocol: UInt8)
    case neighbour(device: Int32)
    /// Notifications were lost (ENOBUFS): only a full look tells what is.
    case overrun
}

/// Listens for changes of links, IPv4 addresses, routes and neighbours; on one thread, which sleeps between them.
package final class NetlinkMonitor: Sendable {
    private let descriptor: Int32
    private let stopPipe: (read: Int32, write: Int32)

    private static let kernelBuffer: Int32 = 8 << 20

    package init() throws(NetlinkError) {
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), NETLINK_ROUTE)
        guard descriptor >= 0 else { throw NetlinkError(code: errno, object: "netlink monitor") }
        var size = Self.kernelBuffer
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups =
            UInt32(RTMGRP_LINK) | UInt32(RTMGRP_IPV4_IFADDR) | UInt32(RTMGRP_IPV4_ROUTE) | UInt32(RTMGRP_NEIGH)
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        var pipes: [Int32] = [0, 0]
        guard bound == 0, pipe(&pipes) == 0 else {
            let code = errno
            close(descriptor)
            throw NetlinkError(code: code, object: "netlink monitor")
        }
        for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        self.descriptor = descriptor
        stopPipe = (pipes[0], pipes[1])
    }

    deinit {
        close(descriptor)
        close(stopPipe.read)
        close(stopPipe.write)
    }

    /// Ends `listen`.
    package func stop() {
        var byte: UInt8 = 1
        _ = write(stopPipe.write, &byte, 1)
    }

    /// Calls `body` with all that has come at once, until `stop`.
    package func listen(_ body: ([NetlinkNotification]) -> Void) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 8)
        defer { buffer.deallocate() }
        var waited = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopPipe.read, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            guard poll(&waited, 2, -1) >= 0 || errno == EINTR else { return }
            if waited[1].revents != 0 { return }
            var taken: [NetlinkNotification] = []
            while taken.count < 1_024 {
                let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                if count < 0 {
                    if errno == ENOBUFS {
                        taken.append(.overrun)
                        continue
                    }
                    if errno == EINTR { continue }
                    break
                }
                for message in NetlinkMessages(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                    if let notification = NetlinkNotification(message) { taken.append(notification) }
                }
            }
            if !taken.isEmpty { body(taken) }
        }
    }
}

extension NetlinkNotification {
    init?(_ message: NetlinkMessages.Message) {
        switch message.type {
        case Int32(RTM_NEWLINK), Int32(RTM_DELLINK):
            guard let index = message.payload.load(Int32.self, at: 4) else { return nil }
            var name = ""
            for attribute in message.attributes(after: MemoryLayout<ifinfomsg>.size)
            where attribute.type == Int32(IFLA_IFNAME) { name = attribute.text }
            self = .link(index: index, name: name)
        case Int32(RTM_NEWADDR), Int32(RTM_DELADDR):
            guard let device = message.payload.load(UInt32.self, at: 4) else { return nil }
            self = .address(device: Int32(bitPattern: device))
        case Int32(RTM_NEWROUTE), Int32(RTM_DELROUTE):
            let payload = message.payload
            guard let length = payload.load(UInt8.self, at: 1),
                payload.load(UInt8.self, at: 4) == UInt8(RT_TABLE_MAIN.rawValue),
                let origin = payload.load(UInt8.self, at: 5)
            else { return nil }
            var destination: UInt32 = 0
            var device: Int32 = 0
            for attribute in message.attributes(after: MemoryLayout<rtmsg>.size) {
                if attribute.type == Int32(RTA_DST.rawValue) { destination = attribute.big32 ?? 0 }
                if attribute.type == Int32(RTA_OIF.rawValue) { device = Int32(bitPattern: attribute.unsigned32 ?? 0) }
            }
            let text = "\(IPv4Address(bits: destination))/\(length)"
            self = .route(destination: text, device: device, routeProtocol: origin)
        case Int32(RTM_NEWNEIGH), Int32(RTM_DELNEIGH):
            guard let device = message.payload.load(Int32.self, at: 4) else { return nil }
            self = .neighbour(device: device)
        default: return nil
        }
    }
}
