internal import Addressing
internal import Glibc

/// Sends datagrams to one port from the namespace in which it was made.
final class DatagramSender {
    private let descriptor: Descriptor
    private var target = sockaddr_in()

    init(to address: String, port: UInt16) throws {
        let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw LabError(call: "socket", errno: errno) }
        descriptor = Descriptor(owning: number)
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr.s_addr = try IPv4Address(parsing: address).bits.bigEndian
    }

    /// - Parameter pause: microseconds afterwards. Twenty thousand a second leave the receiver time to count them.
    func send(_ bytes: [UInt8], pause: UInt32 = 50) {
        _ = withUnsafePointer(to: target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.number, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if pause > 0 { usleep(pause) }
    }
}

/// Sees every packet of the namespace in which it was made (packet(7)).
final class PacketTap {
    private let descriptor: Descriptor
    fileprivate var number: Int32 { descriptor.number }

    init() throws {
        let everything = Int32(UInt16(3).bigEndian)
        let number = socket(
            AF_PACKET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), everything)
        guard number >= 0 else { throw LabError(call: "packet socket", errno: errno) }
        descriptor = Descriptor(owning: number)
        // What comes while nobody looks is not lost.
        var size: Int32 = 8 << 20
        setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &size, socklen_t(MemoryLayout.size(ofValue: size)))
    }

    /// The payloads of UDP datagrams to `port` from `address` that have come since the last time.
    func take(port: UInt16, from address: String) -> [[UInt8]] {
        var payloads: [[UInt8]] = []
        var packet = [UInt8](repeating: 0, count: 2_048)
        while true {
            let count = read(descriptor.number, &packet, packet.count)
            guard count > 0 else { return payloads }
            let header = Int(packet[0] & 15) * 4
            guard count >= header + 8, packet[0] >> 4 == 4, packet[9] == UInt8(IPPROTO_UDP),
                packet[12..<16].map(String.init).joined(separator: ".") == address,
                UInt16(packet[header + 2]) << 8 | UInt16(packet[header + 3]) == port
            else { continue }
            payloads.append(Array(packet[(header + 8)..<count]))
        }
    }
}

extension PacketTap {
    /// The source addresses of IPv4 packets to `address` that have come since the last time.
    func sources(to address: String) -> Set<String> {
        var sources: Set<String> = []
        var packet = [UInt8](repeating: 0, count: 2_048)
        while true {
            let count = read(number, &packet, packet.count)
            guard count > 0 else { return sources }
            guard count >= 20, packet[0] >> 4 == 4 else { continue }
            func text(_ range: Range<Int>) -> String { packet[range].map(String.init).joined(separator: ".") }
            if text(16..<20) == address { sources.insert(text(12..<16)) }
        }
    }
}

/// Repeats by its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
