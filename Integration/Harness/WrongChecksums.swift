internal import Addressing
internal import Glibc

/// Sends UDP datagrams whose checksum is wrong, as a network card does that does not finish those inside VXLAN.
final class WrongChecksums {
    private let descriptor: Descriptor
    private let packet: [UInt8]
    private var address = sockaddr_in()

    init(from source: String, to target: String, port: UInt16) throws {
        let number = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_RAW))
        guard number >= 0 else { throw LabError(call: "raw socket", errno: errno) }
        descriptor = Descriptor(owning: number)
        let destination = try IPv4Address(parsing: target)
        var bytes: [UInt8] = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, UInt8(IPPROTO_UDP), 0, 0]
        bytes += try IPv4Address(parsing: source).networkBytes + destination.networkBytes
        // No sum of these few bytes is 1: it would have to be made for it.
        for field in [port, port, 12, 1] as [UInt16] { bytes += [UInt8(field >> 8), UInt8(field & 255)] }
        packet = bytes + Array("felt".utf8)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = destination.bits.bigEndian
    }

    func send() throws {
        let sent = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor.number, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard sent == packet.count else { throw LabError(call: "send a datagram", errno: errno) }
        usleep(50)
    }
}
