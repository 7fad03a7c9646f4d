package import LeaseLedger

/// A peer as it was last known. Losing it costs a question to the other peers.
package struct StoredPeer: Hashable, Sendable {
    package var record: SignedRecord
    package var incarnation: UInt64
    /// How long nobody had heard of it when it was written, in seconds of boot time over all runs; `nil`: reachable.
    package var unreachableSeconds: UInt64?

    package init(record: SignedRecord, incarnation: UInt64 = 0, unreachableSeconds: UInt64? = nil) {
        self.record = record
        self.incarnation = incarnation
        self.unreachableSeconds = unreachableSeconds
    }
}
