internal import CNetlink
internal import Glibc

/// An owned rtnetlink socket of the network namespace of the thread that made it. Used from one thread at a time.
///
/// After an error was thrown, answers may still be on their way: those of an abandoned request are recognised by their
/// sequence and passed over, but an abandoned dump keeps the kernel busy. Make a new socket then.
package struct NetlinkSocket: ~Copyable {
    private let handle: OpaquePointer
    private let incoming: UnsafeMutableRawBufferPointer
    var requests: RequestBuffer
    private var sequence: UInt32 = 0
    /// How many requests may be answered by an error each without overrunning the receive buffer.
    let mostRequestsPerSend: Int

    /// Bytes of requests in one sendmsg: far below the default send buffer of 208 KiB.
    private static let sendCapacity = 64 << 10
    /// No dump answers with larger datagrams (NLMSG_GOODSIZE, net/netlink/af_netlink.c).
    private static let receiveCapacity = 64 << 10
    private static let receiveBuffer: Int32 = 4 << 20
    /// What an answer is charged in the receive buffer, at most: its memory, not its length, counts.
    private static let answerCharge = 2048
    /// The kernel answers within the call that asks; this only keeps a fault from hanging the thread.
    private static let patience = timeval(tv_sec: 10, tv_usec: 0)

    package init() throws(NetlinkError) {
        let operation = "open a netlink socket"
        guard let handle = mnl_socket_open2(NETLINK_ROUTE, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw NetlinkError(operation: operation, code: errno)
        }
        guard mnl_socket_bind(handle, 0, pid_t(MNL_SOCKET_AUTOPID)) == 0 else {
            let code = errno
            mnl_socket_close(handle)
            throw NetlinkError(operation: operation, code: code)
        }
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            var on: Int32 = 1
            // An old kernel that lacks one answers with more than was asked for; what is read is filtered again.
            _ = mnl_socket_setsockopt(handle, Int32(option), &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let descriptor = mnl_socket_get_fd(handle)
        var patience = Self.patience
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let granted = setReceiveBuffer(of: descriptor, bytes: Self.receiveBuffer)
        self.handle = handle
        incoming = .allocate(byteCount: Self.receiveCapacity, alignment: 8)
        requests = RequestBuffer(capacity: Self.sendCapacity)
        mostRequestsPerSend = min(max(granted / 2 / Self.answerCharge, 8), 2048)
    }

    /// The port by which the kernel names the socket as the one who asked, in notifications too (netlink(7), nl_pid).
    package var port: UInt32 { mnl_socket_get_portid(handle) }

    deinit {
        mnl_socket_close(handle)
        incoming.deallocate()
    }

    /// The first of `count` consecutive sequence numbers that no other request of this socket has.
    mutating func takeSequences(_ count: Int = 1) -> UInt32 {
        defer { sequence &+= UInt32(truncatingIfNeeded: count) }
        return sequence
    }

    /// Sends what is in `requests` in one datagram.
    func send(_ operation: @autoclosure () -> String) throws(NetlinkError) {
        while true {
            let bytes = requests.bytes
            if mnl_socket_sendto(handle, bytes.baseAddress, bytes.count) >= 0 { return }
            guard errno == EINTR else { throw NetlinkError(operation: operation(), code: errno) }
        }
    }

    /// Waits for the next datagram of the kernel; the bytes are good until the next call.
    func receive(_ operation: @autoclosure () -> String) throws(NetlinkError) -> UnsafeRawBufferPointer {
        switch receiveDatagram(from: mnl_socket_get_fd(handle), into: incoming, flags: 0) {
        case .success(let bytes): return bytes
        case .failure(let failure): throw NetlinkError(operation: operation(), code: failure.code)
        }
    }
}

/// Asks for a receive buffer beyond net.core.rmem_max, which takes CAP_NET_ADMIN, else for what is allowed.
/// - Returns: what the kernel granted, in bytes of its own accounting.
func setReceiveBuffer(of descriptor: Int32, bytes: Int32) -> Int {
    var bytes = bytes
    let size = socklen_t(MemoryLayout<Int32>.size)
    if setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, size) != 0 {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, size)
    }
    var granted: Int32 = 0
    var length = size
    getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &granted, &length)
    return Int(granted)
}

struct Errno: Error { var code: Int32 }

/// One datagram from the kernel. What another process sent to this socket is passed over.
func receiveDatagram(
    from descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, flags: Int32
) -> Result<UnsafeRawBufferPointer, Errno> {
    while true {
        var sender = sockaddr_nl()
        var length = socklen_t(MemoryLayout<sockaddr_nl>.size)
        let count = withUnsafeMutablePointer(to: &sender) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                recvfrom(descriptor, buffer.baseAddress, buffer.count, flags | Int32(MSG_TRUNC), $0, &length)
            }
        }
        guard count >= 0 else {
            if errno == EINTR { continue }
            return .failure(Errno(code: errno))
        }
        guard length == socklen_t(MemoryLayout<sockaddr_nl>.size), sender.nl_pid == 0 else { continue }
        guard count <= buffer.count else { return .failure(Errno(code: EMSGSIZE)) }
        return .success(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
}
