internal import Glibc

/// An IP address of one family, in host byte order. Inlinable where thousands are handled: generic code of another module is
/// slow otherwise.
package struct IPAddress<Family: AddressFamily>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let bits: Family.Bits

    @inlinable package init(bits: Family.Bits) {
        self.bits = bits
    }

    /// Parses the textual form that inet_pton(3) takes: dotted quad, or RFC 4291 §2.2.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        var bits = Family.Bits()
        let parsed = withUnsafeMutableBytes(of: &bits) { inet_pton(Family.number, String(text), $0.baseAddress) }
        guard parsed == 1, !text.utf8.contains(0) else {
            throw .notAnAddress(text: String(text), family: Family.name)
        }
        self.bits = Family.Bits(bigEndian: bits)
    }

    /// The four or sixteen bytes in network byte order.
    package init?(networkBytes: some Collection<UInt8>) {
        guard networkBytes.count == Family.Bits.bitWidth / 8 else { return nil }
        bits = networkBytes.reduce(0) { $0 << 8 | Family.Bits($1) }
    }

    /// The four or sixteen bytes in network byte order.
    package var networkBytes: [UInt8] {
        withUnsafeBytes(of: bits.bigEndian) { Array($0) }
    }

    package var description: String {
        let capacity = Int(INET6_ADDRSTRLEN)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            let written = withUnsafeBytes(of: bits.bigEndian) {
                inet_ntop(Family.number, $0.baseAddress, buffer.baseAddress, socklen_t(capacity))
            }
            return written.map { String(cString: $0) } ?? ""
        }
    }

    @inlinable package static func == (left: Self, right: Self) -> Bool { left.bits == right.bits }
    @inlinable package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
    @inlinable package func hash(into hasher: inout Hasher) { hasher.combine(bits) }

    /// The address `offset` places on; wraps at the end of the family's space.
    package func advanced(by offset: Family.Bits) -> Self { Self(bits: bits &+ offset) }

    package var isUnspecified: Bool { bits == 0 }
}

extension IPAddress where Family == IPv4 {
    /// 127.0.0.0/8 (RFC 1122 §3.2.1.3).
    package var isLoopback: Bool { bits >> 24 == 127 }
    /// 169.254.0.0/16 (RFC 3927).
    package var isLinkLocal: Bool { bits >> 16 == 0xA9FE }
    /// 224.0.0.0/4 (RFC 1112).
    package var isMulticast: Bool { bits >> 28 == 0xE }
    /// Can stand as the source of a packet that another host answers.
    package var isUsableUnicast: Bool { !isUnspecified && !isLoopback && !isMulticast && bits >> 28 != 0xF }
}

extension IPAddress where Family == IPv6 {
    package var isLoopback: Bool { bits == 1 }
    /// fe80::/10 (RFC 4291 §2.5.6).
    package var isLinkLocal: Bool { bits >> 118 == 0x3FA }
    /// ff00::/8 (RFC 4291 §2.7).
    package var isMulticast: Bool { bits >> 120 == 0xFF }
}
