internal import ControlAPI
internal import LeaseLedger
internal import LeaseStore

/// What a check of the database found. The keys are those of `leasectl db check -o json`.
struct DatabaseReport: Encodable {
    var path: String
    var ok: Bool
    var schema: Int64
    /// Signed records and revocations whose signature was checked.
    var records: Int
    var revocations: Int
    /// What is wrong, a sentence each.
    var problems: [String]
    var daemonRunning: Bool
    /// Transactions since the daemon's start; null while none runs.
    @ExplicitNull var writes: UInt64?

    /// - Throws: that it cannot be read at all.
    init(checking database: String, writes: UInt64?) throws(StoreError) {
        let reader = LeaseStoreReader(database: database)
        path = database
        schema = try reader.schemaVersion()
        problems = try reader.check().map { "integrity: \($0)" }
        let snapshot = try reader.read()
        let state = snapshot.state
        let named = state.skipped.map { "not understood: \($0)" }
        problems += named
        if state.skippedCount > named.count {
            problems.append("not understood: \(state.skippedCount - named.count) more rows")
        }
        var signed = state.peers.map(\.record)
        if let own = state.own?.record { signed.append(own) }
        records = signed.count
        revocations = state.revocations.count
        daemonRunning = snapshot.daemon != .down
        self.writes = writes
        if let clusterID = state.clusterID {
            for record in signed where !NodeIdentity.verify(record, clusterID: clusterID) {
                problems.append("signature: the record of \(record.record.name) (\(record.nodeID)) is not that node's")
            }
            for stored in state.revocations {
                guard let revocation = StoredRevocation.decode(stored.encoded),
                    NodeIdentity.verify(revocation, clusterID: clusterID)
                else {
                    problems.append("signature: the revocation of \(stored.revocation.nodeID)'s claim is not valid")
                    continue
                }
            }
        } else if !signed.isEmpty {
            problems.append("cluster: the database has records and does not say of which cluster")
        }
        ok = problems.isEmpty
    }

    var table: Table {
        let running = daemonRunning ? "running" + (writes.map { ", \($0) writes since its start" } ?? "") : "down"
        var rows: [(label: String, text: String, tone: Tone)] = [
            ("Database", path, .plain), ("Schema", "version \(schema)", .plain),
            ("Records", "\(records), and \(revocations) revocations", .plain), ("Daemon", running, .plain),
            ("Result", ok ? "nothing is wrong" : "\(problems.count) problems", ok ? .good : .bad),
        ]
        rows += problems.map { ("", $0, .plain) }
        return Table(facts: rows)
    }
}
