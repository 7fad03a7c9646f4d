/// A CIDR block: a base address without host bits, and a prefix length.
package struct IPBlock<Family: AddressFamily>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let base: IPAddress<Family>
    package let prefixLength: Int

    /// The block of this length that contains `address`; `nil` when the length does not fit the family.
    @inlinable package init?(containing address: IPAddress<Family>, prefixLength: Int) {
        guard (0...Family.Bits.bitWidth).contains(prefixLength) else { return nil }
        base = IPAddress(bits: address.bits & Self.mask(prefixLength))
        self.prefixLength = prefixLength
    }

    /// `nil` when host bits are set or the length does not fit the family.
    @inlinable package init?(base: IPAddress<Family>, prefixLength: Int) {
        self.init(containing: base, prefixLength: prefixLength)
        guard self.base == base else { return nil }
    }

    /// Parses "address/length". Host bits are an error, because they say that the writer meant something else.
    package init(parsing text: some StringProtocol) throws(AddressError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let length = Self.parseLength(parts[1]) else {
            throw .notABlock(text: String(text), family: Family.name)
        }
        let address = try IPAddress<Family>(parsing: parts[0])
        guard let block = Self(containing: address, prefixLength: length) else {
            throw .prefixLengthOutOfRange(text: String(text), most: Family.Bits.bitWidth)
        }
        guard block.base == address else {
            throw .hostBitsSet(text: String(text), suggestion: block.description)
        }
        self = block
    }

    private static func parseLength(_ text: some StringProtocol) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }

    @inlinable package static func mask(_ prefixLength: Int) -> Family.Bits {
        prefixLength == 0 ? 0 : Family.Bits.max << Family.Bits(Family.Bits.bitWidth - prefixLength)
    }

    package var description: String { "\(base)/\(prefixLength)" }

    package var last: IPAddress<Family> {
        IPAddress(bits: base.bits | ~Self.mask(prefixLength))
    }

    @inlinable package func contains(_ address: IPAddress<Family>) -> Bool {
        address.bits & Self.mask(prefixLength) == base.bits
    }

    @inlinable package func contains(_ other: Self) -> Bool {
        other.prefixLength >= prefixLength && contains(other.base)
    }

    @inlinable package func overlaps(_ other: Self) -> Bool {
        contains(other.base) || other.contains(base)
    }

    @inlinable package static func == (left: Self, right: Self) -> Bool {
        left.base == right.base && left.prefixLength == right.prefixLength
    }

    @inlinable package func hash(into hasher: inout Hasher) {
        hasher.combine(base)
        hasher.combine(prefixLength)
    }

    /// By base, then the larger block first.
    @inlinable package static func < (left: Self, right: Self) -> Bool {
        (left.base, left.prefixLength) < (right.base, right.prefixLength)
    }
}

/// As the general ones, without the cost of code that does not know its family: tables of thousands are read with them.
extension IPBlock where Family == IPv4 {
    package init?(containing address: IPv4Address, prefixLength: Int) {
        guard (0...32).contains(prefixLength) else { return nil }
        base = IPv4Address(bits: address.bits & Self.mask(prefixLength))
        self.prefixLength = prefixLength
    }

    package static func mask(_ prefixLength: Int) -> UInt32 {
        prefixLength == 0 ? 0 : .max &<< UInt32(truncatingIfNeeded: 32 - prefixLength)
    }

    package func contains(_ address: IPv4Address) -> Bool { address.bits & Self.mask(prefixLength) == base.bits }

    package func contains(_ other: Self) -> Bool { other.prefixLength >= prefixLength && contains(other.base) }

    package func overlaps(_ other: Self) -> Bool { contains(other.base) || other.contains(base) }

    package static func == (left: Self, right: Self) -> Bool {
        left.base.bits == right.base.bits && left.prefixLength == right.prefixLength
    }
}
