package import LeaseLedger

/// A peer as it was last known. Losing it costs a question to the other peers.
package struct StoredPeer: Hashable, Sendable {
    package var record: SignedRecord
    package var incarnation: UInt64
    /// Since when it is absent, in seconds of a clock that goes while the daemon runs, over all its runs; `nil`: it was not
    /// absent.
    package var unreachableSeconds: UInt64?

    package init(record: SignedRecord, incarnation: UInt64 = 0, unreachableSeconds: UInt64? = nil) {
        self.record = record
        self.incarnation = incarnation
        self.unreachableSeconds = unreachableSeconds
    }
}
