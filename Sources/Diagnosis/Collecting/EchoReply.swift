internal import Addressing

/// An answer to an echo request, as a raw socket gives it: with the IP header (RFC 791, RFC 792).
struct EchoReply {
    let source: IPv4Address
    let identifier: UInt16
    let sequence: UInt16

    init?(_ packet: [UInt8]) {
        guard let first = packet.first, first >> 4 == 4, case let header = Int(first & 15) * 4, header >= 20,
            packet.count >= header + 8, packet[header] == 0, let source = IPv4Address(networkBytes: packet[12..<16])
        else { return nil }
        self.source = source
        identifier = UInt16(packet[header + 4]) << 8 | UInt16(packet[header + 5])
        sequence = UInt16(packet[header + 6]) << 8 | UInt16(packet[header + 7])
    }
}
