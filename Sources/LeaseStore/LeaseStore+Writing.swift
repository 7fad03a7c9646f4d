package import LeaseLedger

/// How much of a commit survives the power going off.
enum Durability: String {
    /// All of it.
    case full = "FULL"
    /// All up to some earlier commit; the database stays whole.
    case lazy = "NORMAL"
}

/// The row of `cluster` as it was last written.
struct ClusterRow: Equatable {
    var clusterID: UInt64?
    var settings: NetworkSettings?
    var agreed: Bool
}

extension LeaseStore {
    /// All that is stored but the journal.
    package func load() throws(StoreError) -> StoredState {
        var state: StoredState
        do {
            state = try connection.readState(keys: true)
        } catch {
            throw StoreError(error, path: path)
        }
        if state.skippedCount == 0 {
            committedOwn = state.own
            committedCluster = ClusterRow(
                clusterID: state.clusterID, settings: state.settings, agreed: state.settingsAgreed)
        }
        if !state.take(clusterFile) {
            let known = ClusterFile.Contents(
                clusterID: state.clusterID, settings: state.settingsAgreed ? state.settings : nil, keys: state.keys)
            if known != ClusterFile.Contents() { try? remember { $0 = known } }
        }
        return state
    }

    /// Writes the cluster's file where something has changed; durable before it returns.
    private func remember(_ change: (inout ClusterFile.Contents) -> Void) throws(StoreError) {
        var wanted = clusterMemory
        change(&wanted)
        guard wanted != clusterMemory || !Paths.exists(clusterFile.path) else { return }
        try clusterFile.write(wanted)
        clusterMemory = wanted
    }

    /// Durable before it returns. Writes nothing when nothing changed.
    package func commitOwn(_ own: OwnState) throws(StoreError) {
        guard own != committedOwn else { return }
        try write(.full) { connection throws(SQLiteFailure) in
            try connection.prepare("INSERT OR REPLACE INTO own VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run([
                .blob(own.nodeID.networkBytes), .unsigned(own.sequenceReserved), .unsigned(own.incarnationReserved),
                own.record.map { .blob($0.body) } ?? .null, own.record.map { .blob($0.signature) } ?? .null,
                .printed(own.claim?.subnet), .unsigned(own.claim.map { UInt64($0.claimClass.rawValue) }),
                .unsigned(own.claim.map { UInt64($0.tenure) }), .unsigned(own.claim?.epoch),
                .unsigned(own.tenureSeconds), .printed(own.hint), .printed(own.vtepMAC),
            ])
        }
        committedOwn = own
    }

    /// The cluster's identity and settings. Durable before it returns.
    package func saveSettings(clusterID: UInt64?, _ settings: NetworkSettings?, agreed: Bool) throws(StoreError) {
        let row = ClusterRow(clusterID: clusterID, settings: settings, agreed: agreed)
        // The file first: where the two differ after a crash, it is the newer.
        try remember {
            $0.clusterID = clusterID
            $0.settings = agreed ? settings : nil
        }
        guard row != committedCluster else { return }
        try write(.full) { connection throws(SQLiteFailure) in
            try connection.prepare("INSERT OR REPLACE INTO cluster VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").run([
                clusterID.map { id in .blob((0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * $0)) }) } ?? .null,
                .flag(agreed), .printed(settings?.pool.network),
                .unsigned(settings.map { UInt64($0.pool.subnetLength) }), .printed(settings?.pool.subnetMin),
                .printed(settings?.pool.subnetMax), .printed(settings?.backend.label),
                .unsigned(settings.map { UInt64($0.vni) }), .unsigned(settings.map { UInt64($0.vxlanPort) }),
                settings.map { .flag($0.directRouting) } ?? .null,
            ])
        }
        committedCluster = row
    }

    /// What changed about peers, in one transaction; lazy.
    package func writePeers(upserts: [StoredPeer], removals: [NodeID] = []) throws(StoreError) {
        guard !upserts.isEmpty || !removals.isEmpty else { return }
        try write(.lazy) { connection throws(SQLiteFailure) in
            let remove = try connection.prepare("DELETE FROM peers WHERE node_id = ?")
            for nodeID in removals { try remove.run([.blob(nodeID.networkBytes)]) }
            let insert = try connection.prepare("INSERT OR REPLACE INTO peers VALUES (?, ?, ?, ?, ?)")
            for peer in upserts {
                try insert.run([
                    .blob(peer.record.nodeID.networkBytes), .blob(peer.record.body), .blob(peer.record.signature),
                    .unsigned(peer.incarnation), .unsigned(peer.unreachableSeconds),
                ])
            }
        }
    }

    /// Adds to the revocations, or prunes them. Durable before it returns.
    package func writeRevocations(
        additions: [StoredRevocation], removals: [Revocation] = []
    ) throws(StoreError) {
        guard !additions.isEmpty || !removals.isEmpty else { return }
        try write(.full) { connection throws(SQLiteFailure) in
            let remove = try connection.prepare("DELETE FROM revocations WHERE node_id = ? AND claim_epoch = ?")
            for gone in removals { try remove.run([.blob(gone.nodeID.networkBytes), .unsigned(gone.claimEpoch)]) }
            let insert = try connection.prepare("INSERT OR REPLACE INTO revocations VALUES (?, ?, ?)")
            for added in additions {
                try insert.run([
                    .blob(added.revocation.nodeID.networkBytes), .unsigned(added.revocation.claimEpoch),
                    .blob(added.encoded),
                ])
            }
        }
    }

    /// Replaces the ring of keys, the sealing one first. Durable before it returns; what went is overwritten.
    package func saveKeys(_ keys: [[UInt8]]) throws(StoreError) {
        guard keys.allSatisfy({ $0.count == StoredState.keyLength }) else {
            throw StoreError(.unexpected, path: path, detail: "a cluster key is not \(StoredState.keyLength) bytes")
        }
        try remember { $0.keys = keys }
        try write(.full) { connection throws(SQLiteFailure) in
            try connection.execute("PRAGMA secure_delete = ON; DELETE FROM keys; PRAGMA secure_delete = OFF")
            let insert = try connection.prepare("INSERT INTO keys VALUES (?, ?)")
            for (position, key) in keys.enumerated() { try insert.run([.integer(Int64(position)), .blob(key)]) }
        }
    }

    /// One transaction, with the durability asked for; counted when it is committed.
    func write(
        _ wanted: Durability, _ body: (borrowing Connection) throws(SQLiteFailure) -> Void
    ) throws(StoreError) {
        do {
            if durability != wanted {
                try connection.execute("PRAGMA synchronous = \(wanted.rawValue)")
                durability = wanted
            }
            try connection.transaction { () throws(SQLiteFailure) in try body(connection) }
        } catch {
            throw StoreError(error, path: path)
        }
        writes += 1
    }
}
