/// A 48-bit MAC address, the first byte on the wire in the highest bits.
package struct MACAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// At most 2^48 − 1.
    package let bits: UInt64

    package init?(bits: UInt64) {
        guard bits >> 48 == 0 else { return nil }
        self.bits = bits
    }

    package init?(networkBytes: some Collection<UInt8>) {
        guard networkBytes.count == 6 else { return nil }
        bits = networkBytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Parses six two-digit hexadecimal groups separated by colons.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = groups.compactMap {
            $0.utf8.count == 2 && $0.first?.isHexDigit == true ? UInt8($0, radix: 16) : nil
        }
        guard groups.count == 6, let address = MACAddress(networkBytes: bytes) else {
            throw .notAMACAddress(text: String(text))
        }
        self = address
    }

    /// A locally administered unicast address made from 48 random bits (IEEE 802 §8.4).
    package init(locallyAdministered random: UInt64) {
        bits = random & 0xFCFF_FFFF_FFFF | 0x0200_0000_0000
    }

    package var networkBytes: [UInt8] {
        (0..<6).map { UInt8(truncatingIfNeeded: bits >> UInt64(40 - 8 * $0)) }
    }

    package var description: String {
        networkBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    package var isUnicast: Bool { bits >> 40 & 1 == 0 && bits != 0 }

    package static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}
