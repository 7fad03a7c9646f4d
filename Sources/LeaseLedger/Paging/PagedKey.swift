package import Addressing

/// A key of a `PagedDictionary`: it says in which page it is, at a fraction of the cost of `Hasher`.
public protocol PagedKey: Hashable, Sendable {
    /// Spread over all bits, and not to be foreseen by who chooses the key: of a secret that is new in each process.
    var pageHash: Int { get }
}

private enum PageHash {
    private static let secret = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))

    /// Folded product, as wyhash mixes.
    static func of(_ first: UInt64, _ second: UInt64) -> Int {
        let product = (first ^ secret.0).multipliedFullWidth(by: second ^ secret.1)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }
}

extension NodeID: PagedKey {
    package var pageHash: Int {
        PageHash.of(UInt64(truncatingIfNeeded: bits), UInt64(truncatingIfNeeded: bits >> 64))
    }
}

extension IPBlock: PagedKey {
    package var pageHash: Int { PageHash.of(UInt64(truncatingIfNeeded: base.bits), UInt64(prefixLength)) }
}

extension Int: PagedKey {
    public var pageHash: Int { PageHash.of(UInt64(bitPattern: Int64(self)), 0) }
}
