internal import Addressing
internal import LeaseLedger

/// Rows to values. Each row is input: what does not decode is left out, counted and named.
extension Connection {
    func readState(keys: Bool) throws(SQLiteFailure) -> StoredState {
        try transaction("DEFERRED") { () throws(SQLiteFailure) in
            var state = StoredState()
            try readCluster(into: &state)
            try readOwn(into: &state)
            try readPeers(into: &state)
            try readRevocations(into: &state)
            if keys { try readKeys(into: &state) }
            return state
        }
    }

    private func readCluster(into state: inout StoredState) throws(SQLiteFailure) {
        let row = try prepare(
            """
            SELECT cluster, agreed, network, subnet_length, subnet_min, subnet_max, backend, vni, vxlan_port,
                direct_routing FROM cluster WHERE id = 1
            """)
        guard try row.step() else { return }
        if !row.isNull(0) {
            if let bytes = row.blob(0, longest: 8), bytes.count == 8 {
                state.clusterID = bytes.reduce(0) { $0 << 8 | UInt64($1) }
            } else {
                state.skip("cluster", "1", "the cluster's identity is not 8 bytes")
            }
        }
        guard !row.isNull(2) else { return }
        if let settings = NetworkSettings(row: row, from: 2) {
            state.settings = settings
            state.settingsAgreed = row.integer(1) == 1
        } else {
            state.skip("cluster", "1", "the network settings are out of range")
        }
    }

    private func readOwn(into state: inout StoredState) throws(SQLiteFailure) {
        let row = try prepare(
            """
            SELECT node_id, sequence_reserved, incarnation_reserved, tenure_seconds, body, signature, claim_subnet,
                claim_class, claim_tenure, claim_epoch, hint, vtep_mac FROM own WHERE id = 1
            """)
        guard try row.step() else { return }
        guard let nodeID = row.blob(0, longest: 16).flatMap({ NodeID(networkBytes: $0) }),
            let sequence = row.unsigned(1), sequence <= NodeRecord.largestCounter,
            let incarnation = row.unsigned(2), let tenureSeconds = row.unsigned(3)
        else {
            state.skip("own", "1", "nodeID or counters are out of range")
            return
        }
        var own = OwnState(
            nodeID: nodeID, sequenceReserved: sequence, incarnationReserved: incarnation, tenureSeconds: tenureSeconds)
        if !row.isNull(4) {
            own.record = SignedRecord(row: row, from: 4)
            if own.record == nil { state.skip("own", "record", "does not decode") }
        }
        if !row.isNull(6) {
            own.claim = Claim(row: row, from: 6)
            if own.claim == nil { state.skip("own", "claim", "does not decode") }
        }
        if !row.isNull(10) {
            own.hint = row.text(10, longest: 32).flatMap { try? IPv4Block(parsing: $0) }
            if own.hint == nil { state.skip("own", "hint", "is not a subnet") }
        }
        if !row.isNull(11) {
            own.vtepMAC = row.text(11, longest: 32).flatMap { try? MACAddress(parsing: $0) }
            if own.vtepMAC?.isUnicast != true {
                own.vtepMAC = nil
                state.skip("own", "vtep_mac", "is not a unicast MAC address")
            }
        }
        state.own = own
    }

    private func readPeers(into state: inout StoredState) throws(SQLiteFailure) {
        let row = try prepare(
            """
            SELECT node_id, body, signature, incarnation, unreachable_seconds FROM peers
            ORDER BY node_id LIMIT \(StoredState.mostRows)
            """)
        while try row.step() {
            let nodeID = row.blob(0, longest: 16).flatMap { NodeID(networkBytes: $0) }
            guard let nodeID, let record = SignedRecord(row: row, from: 1), record.nodeID == nodeID,
                let incarnation = row.unsigned(3), row.isNull(4) || row.integer(4) != nil
            else {
                state.skip("peers", nodeID?.description ?? "?", "does not decode")
                continue
            }
            state.peers.append(
                StoredPeer(record: record, incarnation: incarnation, unreachableSeconds: row.unsigned(4)))
        }
    }

    private func readRevocations(into state: inout StoredState) throws(SQLiteFailure) {
        let row = try prepare(
            "SELECT node_id, claim_epoch, encoded FROM revocations ORDER BY 1, 2 LIMIT \(StoredState.mostRows)")
        while try row.step() {
            guard let nodeID = row.blob(0, longest: 16).flatMap({ NodeID(networkBytes: $0) }),
                let epoch = row.unsigned(1), epoch <= NodeRecord.largestCounter,
                let encoded = row.blob(2, longest: StoredRevocation.longestEncoding)
            else {
                state.skip("revocations", "?", "does not decode")
                continue
            }
            state.revocations.append(
                StoredRevocation(Revocation(nodeID: nodeID, claimEpoch: epoch), encoded: encoded))
        }
    }

    private func readKeys(into state: inout StoredState) throws(SQLiteFailure) {
        let row = try prepare("SELECT key, position FROM keys ORDER BY position LIMIT \(StoredState.mostRows)")
        while try row.step() {
            if let key = row.blob(0, longest: StoredState.keyLength), key.count == StoredState.keyLength {
                state.keys.append(key)
            } else {
                state.skip("keys", "\(row.integer(1) ?? 0)", "is not \(StoredState.keyLength) bytes")
            }
        }
    }

    /// The newest events, oldest first.
    func readEvents(newest count: Int, bootID: String) throws(SQLiteFailure) -> [JournalEntry] {
        let row = try prepare(
            """
            SELECT number, kind, json, boot_seconds, boot_id FROM events
            ORDER BY number DESC LIMIT \(max(0, min(count, StoredState.mostRows)))
            """)
        var entries: [JournalEntry] = []
        while try row.step() {
            guard let number = row.integer(0), let kind = row.text(1, longest: JournalEvent.longestKind),
                let json = row.text(2, longest: JournalEvent.longestJSON), let seconds = row.unsigned(3)
            else { continue }
            entries.append(
                JournalEntry(
                    number: number, event: JournalEvent(kind: kind, json: json, bootSeconds: seconds),
                    isOfThisBoot: row.text(4, longest: 64) == bootID))
        }
        return entries.reversed()
    }
}
