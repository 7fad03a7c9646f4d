internal import Gossip
internal import LeaseLedger
internal import LeaseStore

/// Since when owners are absent, for the store: the longest absent is the first whose claim may be taken back, after a
/// restart of this node too.
extension Daemon {
    /// A peer's row as it should be.
    func row(of record: SignedRecord) -> StoredPeer {
        let since = gossip.ledger?.absentSince[record.nodeID]
        return StoredPeer(
            record: record, incarnation: gossip.members[record.nodeID]?.incarnation ?? 0,
            unreachableSeconds: since.map { context.absences.reading(at: $0) })
    }

    func noteStored(_ peers: [StoredPeer]) {
        for peer in peers {
            if peer.unreachableSeconds == nil {
                storedAbsences.remove(peer.record.nodeID)
            } else {
                storedAbsences.insert(peer.record.nodeID)
            }
        }
    }

    /// A change of a peer's liveness writes its row. One that never answered this run has not changed: it is written once.
    func saveAbsences() {
        guard let ledger = gossip.ledger else { return }
        let unsaved = ledger.absentSince.keys.filter { !storedAbsences.contains($0) && ledger.table[$0] != nil }
        guard !unsaved.isEmpty else { return }
        changedPeers.formUnion(unsaved)
        scheduleFlush()
    }
}
