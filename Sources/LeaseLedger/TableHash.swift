/// A 64-bit mixing function (the finaliser of SplitMix64) and what is built on it. Not cryptographic: it only tells
/// equal tables from different ones, and spreads claims; who holds the cluster key can gain nothing by a collision but
/// a delay of his own records.
package enum Mixing {
    package static func mix(_ value: UInt64) -> UInt64 {
        var value = value &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    package static func combine(_ values: UInt64...) -> UInt64 {
        values.reduce(0) { mix($0 ^ $1) }
    }

    static func hash(_ nodeID: NodeID, _ first: UInt64, _ second: UInt64) -> UInt64 {
        combine(UInt64(truncatingIfNeeded: nodeID.bits >> 64), UInt64(truncatingIfNeeded: nodeID.bits), first, second)
    }
}

/// The hash of a whole table and of its 256 buckets (by the first byte of the nodeID), kept up to date entry by entry:
/// the exclusive or of its entries' hashes.
package struct TableHash: Hashable, Sendable {
    package static let bucketCount = 256

    package private(set) var whole: UInt64 = 0
    package private(set) var buckets = [UInt64](repeating: 0, count: bucketCount)

    static func bucket(of nodeID: NodeID) -> Int { Int(truncatingIfNeeded: nodeID.bits >> 120) }

    /// Puts an entry in, or takes it out again.
    mutating func toggle(_ nodeID: NodeID, _ version: RecordVersion) {
        toggle(bucket: Self.bucket(of: nodeID), Mixing.hash(nodeID, version.sequence, version.runNonce))
    }

    mutating func toggle(_ revocation: Revocation) {
        toggle(bucket: Self.bucket(of: revocation.nodeID), Mixing.hash(revocation.nodeID, revocation.claimEpoch, .max))
    }

    private mutating func toggle(bucket: Int, _ hash: UInt64) {
        whole ^= hash
        buckets[bucket] ^= hash
    }
}
