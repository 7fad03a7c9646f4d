internal import CSQLite

/// The tables and how they came to be. One step a version; steps that were released are never edited.
enum Schema {
    /// "Felt" in ASCII: `file` and others tell by it whose database this is.
    static let applicationID: Int64 = 0x4665_6C74
    static let version = Int64(steps.count)
    /// What a backup carries: not the keys.
    static let backedUp = ["cluster", "own", "peers", "revocations", "events"]

    private static let steps = [
        // Subnets and the like are text for whoever looks with sqlite3; unsigned 64-bit numbers keep their bits.
        """
        CREATE TABLE cluster (
            id INTEGER PRIMARY KEY CHECK (id = 1), cluster BLOB, agreed INTEGER NOT NULL,
            network TEXT, subnet_length INTEGER, subnet_min TEXT, subnet_max TEXT, backend TEXT, vni INTEGER,
            vxlan_port INTEGER, direct_routing INTEGER
        ) STRICT;
        CREATE TABLE own (
            id INTEGER PRIMARY KEY CHECK (id = 1), node_id BLOB NOT NULL, sequence_reserved INTEGER NOT NULL,
            incarnation_reserved INTEGER NOT NULL, body BLOB, signature BLOB, claim_subnet TEXT, claim_class INTEGER,
            claim_tenure INTEGER, claim_epoch INTEGER, tenure_seconds INTEGER NOT NULL, hint TEXT, vtep_mac TEXT
        ) STRICT;
        CREATE TABLE peers (
            node_id BLOB PRIMARY KEY, body BLOB NOT NULL, signature BLOB NOT NULL, incarnation INTEGER NOT NULL,
            unreachable_seconds INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE revocations (
            node_id BLOB, claim_epoch INTEGER, encoded BLOB NOT NULL, PRIMARY KEY (node_id, claim_epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE keys (position INTEGER PRIMARY KEY, key BLOB NOT NULL) STRICT;
        CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, json TEXT NOT NULL,
            boot_seconds INTEGER NOT NULL, boot_id TEXT NOT NULL
        ) STRICT;
        """
    ]

    /// The version of a database that is ours, 0 for an empty one.
    ///
    /// - Throws: that it is another program's, or from a newer release.
    static func check(_ connection: borrowing Connection, path: String) throws(StoreError) -> Int64 {
        let found: Int64
        let application: Int64
        let isEmpty: Bool
        do {
            found = try connection.integer("PRAGMA user_version") ?? 0
            application = try connection.integer("PRAGMA application_id") ?? 0
            isEmpty = try connection.integer("SELECT count(*) FROM sqlite_schema") == 0
        } catch {
            throw StoreError(error, path: path)
        }
        guard application == applicationID || (application == 0 && found == 0 && isEmpty) else {
            throw StoreError(.otherApplication(id: application), path: path)
        }
        guard found <= version else { throw StoreError(.newerSchema(found: found, supported: version), path: path) }
        guard found > 0 || isEmpty, found >= 0 else {
            throw StoreError(.damaged, path: path, detail: "schema version \(found) with tables")
        }
        return found
    }

    /// Brings a database from `found` to the present version, all steps or none.
    static func migrate(_ connection: borrowing Connection, from found: Int64) throws(SQLiteFailure) {
        guard found < version else { return }
        try connection.execute("BEGIN IMMEDIATE")
        do {
            for step in steps[Int(found)...] { try connection.execute(step) }
            try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
            try connection.execute("COMMIT")
        } catch {
            try? connection.execute("ROLLBACK")
            throw error
        }
    }
}
