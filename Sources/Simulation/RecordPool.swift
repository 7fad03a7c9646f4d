internal import LeaseLedger
internal import Synchronization

/// What the nodes have published, newest version first in mind: thousands of tables share one copy of each record, and
/// whoever holds a record that its owner never published shows that there is a second writer.
final class RecordPool: Sendable {
    private let newest = Mutex<[NodeID: SignedRecord]>([:])
    private let published = Mutex<[NodeID: Set<RecordVersion>]>([:])

    func publish(_ record: SignedRecord) {
        newest.withLock { $0[record.nodeID] = record }
        published.withLock { _ = $0[record.nodeID, default: []].insert(record.version) }
    }

    func record(_ nodeID: NodeID, _ version: RecordVersion) -> SignedRecord? {
        newest.withLock { $0[nodeID].flatMap { $0.version == version ? $0 : nil } }
    }

    func isPublished(_ record: SignedRecord) -> Bool {
        if self.record(record.nodeID, record.version) == record { return true }
        return published.withLock { $0[record.nodeID]?.contains(record.version) == true }
    }
}
