package import Addressing
internal import Glibc

/// One ICMP echo request (RFC 792) and its answer.
package enum EchoProbe {
    private static let echoReply: UInt8 = 0
    private static let unreachable: UInt8 = 3
    private static let echoRequest: UInt8 = 8
    private static let timeExceeded: UInt8 = 11

    /// - Parameter limit: seconds to wait for the answer.
    package static func run(to target: IPv4Address, limit: Double) -> ProbeResult {
        let name = "\(target)"
        func failed(_ message: String) -> ProbeResult { ProbeResult(target: name, ok: false, message: message) }
        // The raw socket needs CAP_NET_RAW, the other one a group in net.ipv4.ping_group_range.
        let raw = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_ICMP))
        let isRaw = raw >= 0
        let descriptor =
            isRaw ? raw : socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_ICMP))
        guard descriptor >= 0 else {
            return failed("no packet could be sent: \(String(cString: strerror(errno))); run leasectl as root")
        }
        defer { close(descriptor) }
        let identifier = UInt16.random(in: 0 ... .max)
        let packet = request(identifier: identifier)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = target.bits.bigEndian
        let start = now
        let sent = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard sent == packet.count else {
            return failed("no packet could be sent: \(String(cString: strerror(errno)))")
        }
        while true {
            let left = start + limit - now
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&waited, 1, Int32((left * 1_000).rounded(.up))) != 0 else {
                return failed("no answer within \(limit) s")
            }
            var buffer = [UInt8](repeating: 0, count: 2_048)
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count >= 0 else { return failed(String(cString: strerror(errno))) }
            switch meaning(of: Array(buffer[..<count]), target: target, identifier: isRaw ? identifier : nil) {
            case .answer:
                let hundredths = ((now - start) * 100_000).rounded()
                return ProbeResult(target: name, ok: true, roundTripMilliseconds: hundredths / 100, message: "answered")
            case .refusal(let words): return failed(words)
            case .other: continue
            }
        }
    }

    enum Meaning: Equatable {
        case answer
        case refusal(String)
        case other
    }

    /// What a received packet says of our request.
    /// - Parameter identifier: of the request; `nil` where the kernel has chosen it and gives no IP header.
    static func meaning(of bytes: [UInt8], target: IPv4Address, identifier: UInt16?) -> Meaning {
        guard let identifier else { return bytes.first == echoReply ? .answer : .other }
        guard let outer = payload(of: bytes), outer.message.count >= 8 else { return .other }
        let message = outer.message
        switch message[message.startIndex] {
        case echoReply:
            return outer.source == target && word(message, 4) == identifier ? .answer : .other
        case unreachable, timeExceeded:
            guard let inner = payload(of: Array(message.dropFirst(8))), inner.destination == target,
                inner.message.first == echoRequest, word(inner.message, 4) == identifier
            else { return .other }
            let code = message[message.startIndex + 1]
            return .refusal("\(outer.source) says: \(words(type: message[message.startIndex], code: code))")
        default: return .other
        }
    }

    private static func words(type: UInt8, code: UInt8) -> String {
        guard type == unreachable else { return "the packet goes in circles" }
        return switch code {
        case 0: "network unreachable"
        case 1: "host unreachable: is a container running there?"
        case 4: "the packet is too large for a link on the way"
        case 9, 10, 13: "a firewall forbids it"
        default: "unreachable (code \(code))"
        }
    }

    private static func payload(
        of bytes: [UInt8]
    ) -> (source: IPv4Address, destination: IPv4Address, message: ArraySlice<UInt8>)? {
        guard let first = bytes.first, first >> 4 == 4, case let length = Int(first & 15) * 4, length >= 20,
            bytes.count >= length, let source = IPv4Address(networkBytes: bytes[12..<16]),
            let destination = IPv4Address(networkBytes: bytes[16..<20])
        else { return nil }
        return (source, destination, bytes[length...])
    }

    private static func word(_ bytes: ArraySlice<UInt8>, _ offset: Int) -> UInt16? {
        let start = bytes.startIndex + offset
        guard bytes.count >= offset + 2 else { return nil }
        return UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
    }

    /// Type 8, code 0, checksum, identifier, sequence, and some bytes.
    /// - Parameter padding: zeros at the end, to make it long.
    package static func request(identifier: UInt16, sequence: UInt16 = 1, padding: Int = 0) -> [UInt8] {
        var packet: [UInt8] = [
            echoRequest, 0, 0, 0, UInt8(identifier >> 8), UInt8(identifier & 0xFF), UInt8(sequence >> 8),
            UInt8(sequence & 0xFF),
        ]
        packet += Array("felt trace".utf8) + [UInt8](repeating: 0, count: padding)
        var sum: UInt32 = 0
        for index in stride(from: 0, to: packet.count, by: 2) {
            sum += UInt32(packet[index]) << 8 | (index + 1 < packet.count ? UInt32(packet[index + 1]) : 0)
        }
        while sum >> 16 != 0 { sum = sum & 0xFFFF + sum >> 16 }
        let checksum = ~UInt16(sum)
        packet[2] = UInt8(checksum >> 8)
        packet[3] = UInt8(checksum & 0xFF)
        return packet
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
