package import Addressing
internal import Glibc
internal import Synchronization

/// The gossip socket. Sending never blocks; one thread receives (`receive`), any may send.
package final class UDPSocket: Sendable {
    package let descriptor: Int32
    package let localEndpoint: Endpoint
    private let counts = Mutex(Counts())
    /// Written to once, to end `receive`.
    private let stopPipe: (read: Int32, write: Int32)

    private struct Counts {
        var sendFailures: UInt64 = 0
        var sendsWithoutRoom: UInt64 = 0
        var truncated: UInt64 = 0
        var unreachable: UInt64 = 0
    }

    private static let receiveBuffer: Int32 = 1 << 20
    static let longestDatagram = 1_500
    private static let batch = 64

    package init(binding endpoint: Endpoint) throws(SocketError) {
        let family: Int32 = if case .v4 = endpoint.address { AF_INET } else { AF_INET6 }
        let flags = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, flags, 0)
        guard descriptor >= 0 else { throw SocketError(endpoint: endpoint, code: errno) }
        func fail(_ code: Int32) -> SocketError {
            close(descriptor)
            return SocketError(endpoint: endpoint, code: code)
        }
        // A burst of answers must not be lost. The first knows no limit, but wants CAP_NET_ADMIN.
        if !Self.set(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, Self.receiveBuffer) {
            Self.set(descriptor, SOL_SOCKET, SO_RCVBUF, Self.receiveBuffer)
        }
        // ICMP errors come to the error queue, with the destination that they are about (ip(7)).
        if family == AF_INET {
            Self.set(descriptor, Int32(IPPROTO_IP), IP_RECVERR, 1)
            // Fragments, and no DF: where a tunnel makes the path narrow, gossip still gets through.
            Self.set(descriptor, Int32(IPPROTO_IP), IP_MTU_DISCOVER, IP_PMTUDISC_DONT)
        } else {
            Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1)
            Self.set(descriptor, Int32(IPPROTO_IPV6), IPV6_RECVERR, 1)
        }
        guard SocketAddress(endpoint).withPointer({ bind(descriptor, $0, $1) }) == 0 else { throw fail(errno) }
        var bound = SocketAddress()
        let named = withUnsafeMutablePointer(to: &bound.storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &bound.length) }
        }
        guard named == 0, let local = bound.endpoint else { throw fail(errno) }
        var pipes: [Int32] = [0, 0]
        // Not pipe(2): its ends could reach a program that another thread starts, before they are marked.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &pipes) == 0 else {
            throw fail(errno)
        }
        stopPipe = (pipes[0], pipes[1])
        self.descriptor = descriptor
        localEndpoint = local
    }

    deinit {
        close(descriptor)
        close(stopPipe.read)
        close(stopPipe.write)
    }

    @discardableResult
    static func set(_ descriptor: Int32, _ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
        var value = value
        return setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
    }

    /// What was counted, by the name under which `leasectl status` shows it.
    package var counters: [String: UInt64] {
        counts.withLock { counts in
            [
                "sendFailures": counts.sendFailures, "sendsWithoutRoom": counts.sendsWithoutRoom,
                "datagramsTruncated": counts.truncated, "portsUnreachable": counts.unreachable,
            ]
        }
    }

    /// Sends, or counts what the kernel does not take now: gossip repairs a loss.
    /// - Returns: why the kernel refused it (errno); 0: it did not, or there is no room at the moment.
    @discardableResult package func send(_ bytes: [UInt8], to endpoint: Endpoint) -> Int32 {
        let address = SocketAddress(endpoint)
        var code: Int32 = 0
        // Each refused datagram that is read from the error queue makes the next one's error pending.
        for _ in 0..<64 {
            let sent = bytes.withUnsafeBytes { buffer in
                address.withPointer {
                    sendto(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL), $0, $1)
                }
            }
            if sent == bytes.count { return 0 }
            code = errno
            switch code {
            // The pending error of an earlier datagram, perhaps to somebody else, is reported on this call.
            case EINTR, ECONNREFUSED, EHOSTUNREACH, ENETUNREACH: continue
            case EAGAIN, ENOBUFS:
                counts.withLock { $0.sendsWithoutRoom += 1 }
                return 0
            default: break
            }
            break
        }
        counts.withLock { $0.sendFailures += 1 }
        return code
    }

    /// Ends `receive`.
    package func stop() {
        var byte: UInt8 = 1
        _ = write(stopPipe.write, &byte, 1)
    }

    /// Receives until `stop`, on the calling thread. Without datagrams it sleeps.
    /// - Parameters:
    ///   - wakeup: an eventfd that ends the sleep too, or -1.
    ///   - beforeSleep: called before each sleep; gives its longest time in milliseconds, -1 for no bound.
    package func receive(
        wakeup: Int32 = -1, beforeSleep: () -> Int32 = { -1 }, datagrams: ([ReceivedDatagram]) -> Void,
        unreachable: (Endpoint) -> Void
    ) {
        var buffer = [UInt8](repeating: 0, count: Self.longestDatagram + 1)
        var waited = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopPipe.read, events: Int16(POLLIN), revents: 0),
            // poll(2) passes over a negative one.
            pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0),
        ]
        while true {
            // A signal leaves what an earlier call has written.
            for index in waited.indices { waited[index].revents = 0 }
            let ready = poll(&waited, nfds_t(waited.count), beforeSleep())
            guard ready > 0 else {
                guard ready == 0 || errno == EINTR else { return }
                continue
            }
            if waited[2].revents != 0 {
                var count: UInt64 = 0
                _ = read(wakeup, &count, MemoryLayout.size(ofValue: count))
            }
            if waited[1].revents != 0 {
                // Taken, so that a later receiver can begin.
                var byte: UInt8 = 0
                _ = read(stopPipe.read, &byte, 1)
                return
            }
            guard waited[0].revents != 0 else { continue }
            if waited[0].revents & Int16(POLLERR) != 0 { drainErrors(unreachable) }
            var taken: [ReceivedDatagram] = []
            // Dropped ones count too: a flood of them must not keep `stop` from being seen.
            for _ in 0..<Self.batch {
                guard let received = receiveOne(&buffer) else { break }
                if let received { taken.append(received) }
            }
            if !taken.isEmpty { datagrams(taken) }
        }
    }

    /// - Returns: `nil` when nothing waits; `.some(nil)` for one that is dropped.
    private func receiveOne(_ buffer: inout [UInt8]) -> ReceivedDatagram?? {
        var address = SocketAddress()
        let count = buffer.withUnsafeMutableBytes { buffer in
            withUnsafeMutablePointer(to: &address.storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT), $0, &address.length)
                }
            }
        }
        guard count >= 0 else { return errno == EINTR || errno == ECONNREFUSED ? .some(nil) : nil }
        guard count <= Self.longestDatagram else {
            counts.withLock { $0.truncated += 1 }
            return .some(nil)
        }
        guard let source = address.endpoint else { return .some(nil) }
        return ReceivedDatagram(bytes: Array(buffer.prefix(count)), source: source)
    }

    /// Reads the error queue: the destination of each refused datagram stands where a sender's address would.
    private func drainErrors(_ unreachable: (Endpoint) -> Void) {
        for _ in 0..<Self.batch {
            var address = SocketAddress()
            var payload = [UInt8](repeating: 0, count: 64)
            var control = [UInt8](repeating: 0, count: 512)
            let received = payload.withUnsafeMutableBytes { payload in
                control.withUnsafeMutableBytes { control in
                    withUnsafeMutablePointer(to: &address.storage) { name in
                        var part = iovec(iov_base: payload.baseAddress, iov_len: payload.count)
                        return withUnsafeMutablePointer(to: &part) { part in
                            var message = msghdr()
                            message.msg_name = UnsafeMutableRawPointer(name)
                            message.msg_namelen = address.length
                            message.msg_iov = part
                            message.msg_iovlen = 1
                            message.msg_control = control.baseAddress
                            message.msg_controllen = control.count
                            let count = recvmsg(descriptor, &message, Int32(MSG_ERRQUEUE | MSG_DONTWAIT))
                            address.length = message.msg_namelen
                            return count
                        }
                    }
                }
            }
            guard received >= 0 else { return }
            // sock_extended_err follows the 16-byte cmsghdr; its first field is the errno.
            let code = control.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 16, as: UInt32.self) }
            guard code == UInt32(ECONNREFUSED), let endpoint = address.endpoint else { continue }
            counts.withLock { $0.unreachable += 1 }
            unreachable(endpoint)
        }
    }
}

/// A datagram as it came.
package struct ReceivedDatagram: Hashable, Sendable {
    package var bytes: [UInt8]
    package var source: Endpoint

    package init(bytes: [UInt8], source: Endpoint) {
        self.bytes = bytes
        self.source = source
    }
}

/// Why the gossip port cannot be opened.
package struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
    package let endpoint: Endpoint
    package let code: Int32

    package var description: String {
        let what = "cannot listen for gossip on \(endpoint)"
        switch code {
        case EADDRINUSE:
            return "\(what): address in use; stop the other program (another feltd?) or name another with --bind"
        case EADDRNOTAVAIL:
            return "\(what): no interface has this address; name one that this machine has with --bind"
        case EACCES: return "\(what): permission denied; use a port above 1023"
        default: return "\(what): \(String(cString: strerror(code)))"
        }
    }
}
