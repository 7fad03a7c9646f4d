internal import LeaseLedger
internal import LeaseStore

/// What a run has had written: enough to write it all into another database. The records are those of the ledger,
/// shared and not copied.
struct StoreContents {
    var own: OwnState?
    var settings: (clusterID: UInt64, settings: NetworkSettings)?
    var keys: [[UInt8]]?
    var peers: [NodeID: StoredPeer] = [:]
    var revocations: [Revocation: StoredRevocation] = [:]
    /// Something of it may not be on the disk.
    var isBehind = false

    /// All of it. What the database has of this node beyond it, numbers of an older copy included, is never lowered.
    func write(to store: LeaseStore) throws(StoreError) {
        let found = try store.load()
        if let keys, found.keys != keys { try store.saveKeys(keys) }
        if let settings { try store.saveSettings(clusterID: settings.clusterID, settings.settings, agreed: true) }
        if var own {
            if let stored = found.own, stored.nodeID == own.nodeID {
                own.sequenceReserved = max(own.sequenceReserved, stored.sequenceReserved)
                own.incarnationReserved = max(own.incarnationReserved, stored.incarnationReserved)
            }
            try store.commitOwn(own)
        }
        let stored = Set(found.peers)
        try store.writePeers(upserts: peers.values.filter { !stored.contains($0) })
        let revoked = Set(found.revocations)
        try store.writeRevocations(additions: revocations.values.filter { !revoked.contains($0) })
    }
}
