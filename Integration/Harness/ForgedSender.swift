internal import Addressing
internal import Glibc

/// Sends datagrams under somebody else's address, from the namespace in which it was made (raw(7)).
final class ForgedSender {
    private let descriptor: Descriptor
    private let source: IPv4Address
    private let target: IPv4Address
    private let port: UInt16

    init(as source: String, to target: String, port: UInt16) throws {
        self.source = try IPv4Address(parsing: source)
        self.target = try IPv4Address(parsing: target)
        self.port = port
        let number = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
        guard number >= 0 else { throw LabError(call: "raw socket", errno: errno) }
        descriptor = Descriptor(owning: number)
    }

    /// From the gossip port to the gossip port, as the real sender would.
    func send(_ payload: [UInt8]) throws {
        // RFC 791 §3.1: the kernel fills in the length and the checksum. RFC 768: a checksum of 0 is none.
        var packet: [UInt8] = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, UInt8(IPPROTO_UDP), 0, 0]
        packet += source.networkBytes + target.networkBytes
        for field in [port, port, UInt16(8 + payload.count), 0] { packet += [UInt8(field >> 8), UInt8(field & 255)] }
        packet += payload
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = target.bits.bigEndian
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.number, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard sent == packet.count else { throw LabError(call: "send a forged datagram", errno: errno) }
        usleep(50)
    }
}
