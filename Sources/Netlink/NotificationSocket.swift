internal import CLinux
internal import CNetlink
internal import Glibc

/// A netlink socket that listens to multicast groups, in the network namespace of the thread that made it. One thread
/// reads it; any thread may cancel it.
struct NotificationSocket: ~Copyable {
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawBufferPointer
    let cancellation: NetlinkMonitor.Cancellation

    /// Subscribed when it returns.
    /// - Parameters:
    ///   - family: NETLINK_ROUTE and so on.
    ///   - groups: numbers of multicast groups, from 1 to 32.
    ///   - receiveBuffer: bytes.
    init(family: Int32, groups: [UInt32], receiveBuffer: Int32) throws(NetlinkError) {
        let operation = "subscribe to netlink notifications"
        let descriptor = socket(AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), family)
        guard descriptor >= 0 else { throw NetlinkError(operation: operation, code: errno) }
        var address = sockaddr_nl()
        address.nl_family = sa_family_t(AF_NETLINK)
        address.nl_groups = groups.reduce(0) { $0 | 1 << ($1 - 1) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_nl>.size))
            }
        }
        guard bound == 0, let cancellation = NetlinkMonitor.Cancellation() else {
            let code = errno
            close(descriptor)
            throw NetlinkError(operation: operation, code: code)
        }
        _ = setReceiveBuffer(of: descriptor, bytes: receiveBuffer)
        self.descriptor = descriptor
        self.cancellation = cancellation
        buffer = .allocate(byteCount: 64 << 10, alignment: 8)
    }

    deinit {
        close(descriptor)
        buffer.deallocate()
    }

    /// Which notifications come through, for a thread to say; `nil` when the process is out of descriptors.
    func gate() -> NotificationGate? { NotificationGate(of: descriptor) }

    /// Waits for datagrams until one has something to tell.
    /// - Parameters:
    ///   - read: what a datagram tells; `nil` and an empty list: nothing of interest.
    ///   - overrun: what it means that some were lost.
    /// - Returns: `nil` once cancelled.
    /// - Throws: when the socket is of no further use.
    func next<Told>(overrun: Told, _ read: (UnsafeRawBufferPointer) -> Told?) throws(NetlinkError) -> Told? {
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
                if let told = read(bytes) { return told }
            case .failure(let failure) where failure.code == EAGAIN: continue
            case .failure(let failure) where failure.code == ENOBUFS || failure.code == EMSGSIZE: return overrun
            case .failure(let failure):
                throw NetlinkError(operation: "read netlink notifications", code: failure.code)
            }
        }
    }
}
