internal import Glibc

/// Reads a store while the daemon runs or is down, and changes nothing of it: for leasectl.
///
/// While the daemon runs, its log is read with it. When it is down and left no log, the file is read as it is; when it
/// was killed and the directory cannot be written, a private copy is read.
package struct LeaseStoreReader: Sendable {
    package let path: String

    package struct Snapshot: Hashable, Sendable {
        /// Without keys.
        package var state: StoredState
        package var daemon: DaemonPresence
    }

    package init(stateDirectory: String) { path = stateDirectory + "/" + DatabaseFiles.name }

    package init(database: String) { path = database }

    /// - Throws: missing, notPermitted, notADatabase, otherApplication, newerSchema, damaged, busy.
    package func read() throws(StoreError) -> Snapshot {
        let daemon = daemonPresence
        let state = try reading { connection throws(SQLiteFailure) in try connection.readState(keys: false) }
        return Snapshot(state: state, daemon: daemon)
    }

    /// All that the daemon itself would load, keys included: for a start on a disk that takes no writes now.
    package func readAll() throws(StoreError) -> StoredState {
        var state = try reading { connection throws(SQLiteFailure) in try connection.readState(keys: true) }
        _ = state.take(ClusterFile(stateDirectory: Paths.parent(of: path)))
        return state
    }

    /// Whether a daemon has the database open now.
    package var daemonPresence: DaemonPresence { DaemonLock.presence(besides: path) }

    /// The newest events, oldest first.
    package func events(newest count: Int = LeaseStore.journalLength) throws(StoreError) -> [JournalEntry] {
        let bootID = BootID.read()
        return try reading { connection throws(SQLiteFailure) in
            try connection.readEvents(newest: count, bootID: bootID)
        }
    }

    /// What is wrong with the database, by SQLite's full check; empty when nothing is.
    package func check() throws(StoreError) -> [String] {
        try reading { connection throws(SQLiteFailure) in try connection.problems() }
    }

    /// The schema's version, 1 and up.
    package func schemaVersion() throws(StoreError) -> Int64 {
        try reading { connection throws(SQLiteFailure) in try connection.integer("PRAGMA user_version") ?? 0 }
    }

    /// Writes all but the keys to a new file; an existing one is not touched.
    package func backup(to destination: String) throws(StoreError) {
        try withSource { path, access throws(StoreError) in
            do {
                _ = try Schema.check(try Connection(path: path, access: access), path: self.path)
            } catch {
                throw StoreError(from: error, path: self.path)
            }
            try Backup.write(from: path, access, to: destination)
        }
    }

    private func reading<Result>(
        _ body: (borrowing Connection) throws(SQLiteFailure) -> Result
    ) throws(StoreError) -> Result {
        try withSource { path, access throws(StoreError) in
            do {
                let connection = try Connection(path: path, access: access)
                guard try Schema.check(connection, path: self.path) > 0 else {
                    throw StoreError(.missing, path: self.path, detail: "the database is empty")
                }
                return try body(connection)
            } catch {
                throw StoreError(from: error, path: self.path)
            }
        }
    }

    /// Finds the way in. A daemon that starts or stops meanwhile can spoil an attempt, so there is a second one.
    private func withSource<Result>(
        _ body: (String, Connection.Access) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try attempt(body)
        } catch  where error.kind == .damaged || error.kind == .inputOutput || error.kind == .missing {
            return try attempt(body)
        }
    }

    private func attempt<Result>(
        _ body: (String, Connection.Access) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        do {
            try system("stat") {
                var status = stat()
                return Int(stat(path, &status))
            }
            try system("access") { Int(access(path, R_OK)) }
        } catch {
            throw StoreError(error, path: path)
        }
        if daemonPresence == .down, (Paths.size(of: path + "-wal") ?? 0) == 0 { return try body(path, .immutable) }
        // Reading a log needs its index: SQLite makes one if it may.
        if Paths.exists(path + "-shm") || access(Paths.parent(of: path), W_OK) == 0 {
            do {
                return try body(path, .readOnly)
            } catch  where error.kind == .diskFull || error.kind == .readOnly || error.kind == .inputOutput {
                // A full disk has no room for the index.
            }
        }
        return try withCopy { copy throws(StoreError) in try body(copy, .readWrite) }
    }

    /// A copy where there is room: when the disk is full, /tmp may be on it too.
    private func withCopy<Result>(_ body: (String) throws(StoreError) -> Result) throws(StoreError) -> Result {
        do {
            return try withCopy(below: "/tmp", body)
        } catch  where StoreError.Kind.passing.contains(error.kind) {
            return try withCopy(below: "/dev/shm", body)
        }
    }

    private func withCopy<Result>(
        below parent: String, _ body: (String) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        var template = Array("\(parent)/felt-read-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else {
            throw StoreError(SystemFailure(call: "mkdtemp", code: errno), path: parent)
        }
        let directory = String(cString: made)
        let copy = directory + "/" + DatabaseFiles.name
        defer {
            DatabaseFiles.remove(copy)
            rmdir(directory)
        }
        do {
            for companion in ["", "-wal"] {
                guard companion.isEmpty || Paths.exists(path + companion) else { continue }
                let source = try Descriptor(opening: path + companion, flags: O_RDONLY)
                let target = try Descriptor(opening: copy + companion, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
                while true {
                    let bytes = try source.read(limit: 1 << 20)
                    if bytes.isEmpty { break }
                    try target.write(bytes)
                }
            }
        } catch {
            throw StoreError(error, path: path)
        }
        return try body(copy)
    }
}
