internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// What the store has kept was verified before it was written. A disk may have changed it since: the signatures are
/// checked again, but after the start, which must not wait for thousands of them.
extension Daemon {
    private static var recordsAtOnce: Int { 64 }

    nonisolated func verifyRestored() {
        let clusterID = context.clusterID
        Task.detached(priority: .background) { [weak self] in
            var rest = await self?.restoredRecords ?? []
            while !rest.isEmpty {
                let damaged = rest.suffix(Self.recordsAtOnce).filter { !NodeIdentity.verify($0, clusterID: clusterID) }
                rest.removeLast(min(rest.count, Self.recordsAtOnce))
                if !damaged.isEmpty { await self?.discard(damaged) }
                await Task.yield()
            }
        }
    }

    /// Those of the peers that are still as the store had them: what came since was verified.
    private var restoredRecords: [SignedRecord] {
        guard let table = gossip.ledger?.table else { return [] }
        return context.unverified.compactMap { nodeID, version in
            table[nodeID].flatMap { $0.version == version ? $0 : nil }
        }
    }

    private func discard(_ records: [SignedRecord]) {
        for record in records {
            log.warning(
                "the stored record of \(name(of: record.nodeID)) is damaged; it is dropped, the peers have it whole",
                id: "stored-record-damaged", ["nodeID": "\(record.nodeID)"])
        }
        step(.ledger(.discarded(records)))
    }
}
