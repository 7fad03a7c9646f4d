/// The name of a cluster key: 32 bits of its hash. It stands in the clear in every datagram and tells nothing of the key.
package struct KeyID: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let bits: UInt32

    package init(bits: UInt32) { self.bits = bits }

    /// Parses the eight hexadecimal digits that `description` prints.
    package init?(parsing text: some StringProtocol) {
        guard text.utf8.count == 8, text.allSatisfy(\.isHexDigit), let bits = UInt32(text, radix: 16) else {
            return nil
        }
        self.bits = bits
    }

    /// Eight hexadecimal digits.
    package var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }

    package static func < (left: KeyID, right: KeyID) -> Bool { left.bits < right.bits }
}
