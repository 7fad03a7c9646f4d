package import LeaseLedger

/// All that a store remembers but its journal.
package struct StoredState: Hashable, Sendable {
    /// Eight bytes, big-endian in the file.
    package var clusterID: UInt64?
    package var settings: NetworkSettings?
    /// Whether another node of the cluster has the same settings, so that they are no longer this node's own idea.
    package var settingsAgreed = false
    package var own: OwnState?
    /// By nodeID.
    package var peers: [StoredPeer] = []
    package var revocations: [StoredRevocation] = []
    /// The cluster's keys, 32 bytes each, the sealing one first. Only if this node made them; empty for a reader.
    package var keys: [[UInt8]] = []
    /// What was not understood and left out: the first few of `skippedCount`.
    package var skipped: [SkippedRow] = []
    package var skippedCount = 0

    package static let keyLength = 32
    /// Rows of one table beyond this are not read.
    static let mostRows = 100_000
    static let mostSkippedNamed = 32

    package init() {}

    /// Adds what the cluster's file says; one that does not read is named.
    /// - Returns: whether it said anything.
    mutating func take(_ file: ClusterFile) -> Bool {
        if let memory = file.read() {
            take(memory)
            return true
        }
        if Paths.exists(file.path) {
            skip("file", "cluster", "damaged, or another user's; what the database says takes its place")
        }
        return false
    }

    /// What the cluster's file says holds: a database may be an older copy, or another node's.
    private mutating func take(_ memory: ClusterFile.Contents) {
        if !memory.keys.isEmpty { keys = memory.keys }
        guard let clusterID = memory.clusterID else { return }
        if let stored = self.clusterID, stored != clusterID {
            skip("cluster", "1", "it is of another cluster; its settings and peers are not used")
            (settings, settingsAgreed, peers, revocations) = (nil, false, [], [])
        }
        self.clusterID = clusterID
        if let agreed = memory.settings { (settings, settingsAgreed) = (agreed, true) }
    }

    mutating func skip(_ table: String, _ row: String, _ reason: String) {
        skippedCount += 1
        if skipped.count < Self.mostSkippedNamed {
            skipped.append(SkippedRow(table: table, row: row, reason: reason))
        }
    }
}

/// A row, or a part of it, that does not decode.
package struct SkippedRow: Hashable, Sendable, CustomStringConvertible {
    package let table: String
    package let row: String
    package let reason: String

    package var description: String { "\(table) \(row): \(reason)" }
}
