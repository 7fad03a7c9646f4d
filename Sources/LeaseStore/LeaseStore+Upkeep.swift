extension LeaseStore {
    /// Copies the log into the database and empties it, as far as readers allow. Closing does the same.
    package func checkpoint() throws(StoreError) {
        do {
            try connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Writes all but the keys to a new file; an existing one is not touched.
    package func backup(to destination: String) throws(StoreError) {
        try Backup.write(from: path, .readOnly, to: destination)
    }

    /// What is wrong with the database, by SQLite's full check; empty when nothing is.
    package func check() throws(StoreError) -> [String] {
        do {
            return try connection.problems()
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension Connection {
    func problems() throws(SQLiteFailure) -> [String] {
        let rows = try prepare("PRAGMA integrity_check(100)")
        var problems: [String] = []
        while try rows.step() { problems.append(rows.text(0, longest: 65_536) ?? "?") }
        return problems == ["ok"] ? [] : problems
    }
}
