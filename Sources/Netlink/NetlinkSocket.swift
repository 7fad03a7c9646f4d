internal import Addressing
internal import CNetlink
internal import Glibc

/// An owned NETLINK_ROUTE socket in the network namespace of the thread that opened it. Used by one thread at a time.
package struct NetlinkSocket: ~Copyable {
    private let handle: OpaquePointer
    private var sequence: UInt32 = 1
    /// Requests that may have changed the kernel.
    package private(set) var changesSent: UInt64 = 0

    private static let receiveBuffer = 1 << 16
    private static let kernelBuffer: Int32 = 4 << 20
    private static let sendBuffer = 64 << 10
    /// Requests in one datagram: if every one failed, the answers must fit the receive buffer.
    private static let mostRequests = 512
    private static let mostDumps = 8

    package init() throws(NetlinkError) {
        guard let handle = mnl_socket_open2(NETLINK_ROUTE, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw NetlinkError(code: errno, object: "netlink socket")
        }
        guard mnl_socket_bind(handle, 0, pid_t(MNL_SOCKET_AUTOPID)) == 0 else {
            let code = errno
            mnl_socket_close(handle)
            throw NetlinkError(code: code, object: "netlink socket")
        }
        // Assigned last: a noncopyable type with a deinit may not throw half initialised.
        self.handle = handle
        var one: Int32 = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK] {
            mnl_socket_setsockopt(handle, Int32(option), &one, socklen_t(MemoryLayout<Int32>.size))
        }
        var size = Self.kernelBuffer
        setsockopt(mnl_socket_get_fd(handle), SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { mnl_socket_close(handle) }

    /// Carries out the requests in order, many at a time. One that is refused does not stop the others.
    /// - Returns: the refusals, each with the position of its request.
    package mutating func perform(_ requests: [NetlinkRequest]) throws(NetlinkError) -> [(index: Int, error: NetlinkError)] {
        var failures: [(index: Int, error: NetlinkError)] = []
        var buffer = RequestBuffer(capacity: Self.sendBuffer)
        var next = 0
        while next < requests.count {
            buffer.reset()
            let first = next
            let firstSequence = sequence
            while next < requests.count, buffer.hasRoom, buffer.count < Self.mostRequests {
                buffer.put(requests[next], sequence: sequence)
                sequence &+= 1
                next += 1
            }
            changesSent += UInt64(next - first)
            try send(buffer, acknowledged: true, object: "batch of \(next - first) requests")
            let expected = UInt32(next - first)
            try receive(object: "acknowledgement") { message in
                let position = message.sequence &- firstSequence
                guard message.type == Int32(NLMSG_ERROR), position < expected else { return true }
                let (code, text) = message.failure
                if code != 0 {
                    let index = first + Int(position)
                    let error = NetlinkError(code: code, object: "\(requests[index])", kernelText: text)
                    failures.append((index, error))
                }
                return position != expected - 1
            }
        }
        return failures
    }

    private func send(_ buffer: borrowing RequestBuffer, acknowledged: Bool, object: String) throws(NetlinkError) {
        let handle = handle
        let sent = buffer.withBytes(acknowledged: acknowledged) { mnl_socket_sendto(handle, $0.baseAddress, $0.count) }
        guard sent >= 0 else { throw NetlinkError(code: errno, object: object) }
    }

    /// Reads messages until `body` says that it has seen the last.
    private func receive(
        object: String, _ body: (NetlinkMessages.Message) throws(NetlinkError) -> Bool
    ) throws(NetlinkError) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.receiveBuffer, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = mnl_socket_recvfrom(handle, buffer.baseAddress, buffer.count)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw NetlinkError(code: count < 0 ? errno : EBADMSG, object: object)
            }
            for message in NetlinkMessages(UnsafeRawBufferPointer(rebasing: buffer[..<count])) {
                guard try body(message) else { return }
            }
        }
    }

    /// A dump whole: one that the kernel says was interrupted by a change (NLM_F_DUMP_INTR) is repeated.
    mutating func dump<Header: BitwiseCopyable, Value>(
        _ object: String, type: Int32, header: Header, attribute: (type: UInt16, value: UInt32)? = nil,
        parse: (NetlinkMessages.Message) -> Value?
    ) throws(NetlinkError) -> [Value] {
        for _ in 0..<Self.mostDumps {
            var buffer = RequestBuffer(capacity: RequestBuffer.longestRequest)
            sequence &+= 1
            let own = sequence
            buffer.put(type: type, flags: Int32(NLM_F_DUMP), sequence: own, header: header) { message in
                if let attribute { mnl_attr_put_u32(message, attribute.type, attribute.value) }
            }
            try send(buffer, acknowledged: false, object: "dump of \(object)")
            var values: [Value] = []
            var isInterrupted = false
            try receive(object: "dump of \(object)") { message throws(NetlinkError) in
                guard message.sequence == own else { return true }
                if message.flags & Int32(NLM_F_DUMP_INTR) != 0 { isInterrupted = true }
                if message.type == Int32(NLMSG_DONE) { return false }
                if message.type == Int32(NLMSG_ERROR) {
                    let (code, text) = message.failure
                    throw NetlinkError(code: code, object: "dump of \(object)", kernelText: text)
                }
                if let value = parse(message) { values.append(value) }
                return true
            }
            if !isInterrupted { return values }
        }
        throw NetlinkError(code: EAGAIN, object: "dump of \(object)")
    }

    /// A question with one answer; `nil` when the kernel says there is none (one of `absent`).
    mutating func ask<Header: BitwiseCopyable, Value>(
        _ object: String, type: Int32, header: Header, absent: Set<Int32>,
        attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void, parse: (NetlinkMessages.Message) -> Value?
    ) throws(NetlinkError) -> Value? {
        var buffer = RequestBuffer(capacity: RequestBuffer.longestRequest)
        sequence &+= 1
        let own = sequence
        buffer.put(type: type, flags: 0, sequence: own, header: header, attributes: attributes)
        try send(buffer, acknowledged: true, object: object)
        var value: Value?
        try receive(object: object) { message throws(NetlinkError) in
            guard message.sequence == own else { return true }
            guard message.type == Int32(NLMSG_ERROR) else {
                value = parse(message) ?? value
                return true
            }
            let (code, text) = message.failure
            guard code == 0 || absent.contains(code) else {
                throw NetlinkError(code: code, object: object, kernelText: text)
            }
            return false
        }
        return value
    }
}
