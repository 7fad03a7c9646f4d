internal import Glibc

/// A node's memory: <state-dir>/felt.db. Owned by one isolation domain; one daemon at a time.
///
/// What must not be lost (own state, settings, keys, revocations) is on the disk when the call returns; what the peers
/// know too (their records, the journal) is written lazily and may be lost with the power. Nothing is written that
/// does not change anything, and nothing periodically.
package final class LeaseStore {
    package let path: String
    package let opening: Opening
    /// Transactions committed since the store was opened.
    package internal(set) var writes: UInt64 = 0

    // Destroyed in this order: the lock outlives the connection.
    let connection: Connection
    private let lock: DaemonLock

    let bootID: String
    var durability: Durability?
    /// What is on the disk, so that the same is not written again.
    var committedOwn: OwnState?
    var committedCluster: ClusterRow?
    let clusterFile: ClusterFile
    var clusterMemory: ClusterFile.Contents
    /// The file that is open, by device and inode.
    private let place: Paths.Place?

    /// Opens the store or makes it; sets aside what is damaged beyond use.
    ///
    /// - Throws: directory, inUse, notADatabase, otherApplication, newerSchema, and what the system says.
    package init(stateDirectory: String) throws(StoreError) {
        try StateDirectory.prepare(stateDirectory)
        let path = stateDirectory + "/" + DatabaseFiles.name
        let lock = try DaemonLock(besides: path)
        try lock.take(for: path)
        DatabaseFiles.remove(path + ".new")

        var found: Opening = .existing
        switch try DatabaseFiles.look(at: path) {
        case .usable:
            if let detail = try Self.damage(at: path) {
                found = .openedFresh(try DatabaseFiles.setAside(path, .malformed, detail: detail))
            }
        case .damaged(let reason):
            found = .openedFresh(try DatabaseFiles.setAside(path, reason, detail: ""))
        case .absent:
            found = .created
        }
        if found != .existing { try Self.create(path) }
        do {
            let connection = try Self.open(path)
            let version = try Schema.check(connection, path: path)
            if version < Schema.version {
                try Schema.migrate(connection, from: version)
                found = .migrated(from: version)
            }
            self.connection = connection
        } catch {
            throw StoreError(from: error, path: path)
        }
        self.path = path
        self.lock = lock
        place = Paths.place(of: path)
        clusterFile = ClusterFile(stateDirectory: stateDirectory)
        clusterMemory = clusterFile.read() ?? ClusterFile.Contents()
        opening = found
        bootID = BootID.read()
    }

    /// Whether the database that is open still has its name: otherwise what is written is lost with this process.
    package var isInPlace: Bool { place != nil && place == Paths.place(of: path) }

    /// Leaves the files as they are when the store is let go of, for whoever sets them aside.
    package func abandon() { connection.keepLogOnClose(true) }

    /// What is wrong with an existing database; `nil` when it can be used. Leaves its files as they are.
    private static func damage(at path: String) throws(StoreError) -> String? {
        do {
            let connection = try Connection(path: path, access: .readWrite)
            connection.keepLogOnClose(true)
            _ = try Schema.check(connection, path: path)
            let answer = try connection.text("PRAGMA quick_check(1)")
            guard answer == "ok" else { return answer ?? "quick_check gave no answer" }
            connection.keepLogOnClose(false)
            return nil
        } catch {
            // The header is SQLite's: "not a database" can only mean that the rest of it is broken.
            let error = StoreError(from: error, path: path)
            guard error.kind == .damaged || error.kind == .notADatabase else { throw error }
            return error.detail
        }
    }

    /// Makes an empty database under another name first: felt.db is never half made. Until it has its name nothing of it
    /// needs to be on the disk, and then all of it: one fsync in place of ten, which is most of a first start.
    private static func create(_ path: String) throws(StoreError) {
        let temporary = path + ".new"
        do {
            do {
                let file = try Descriptor(opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
                do {
                    let connection = try Connection(path: temporary, access: .readWrite)
                    try connection.execute("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
                    try Schema.migrate(connection, from: 0)
                    try connection.execute("PRAGMA journal_mode = WAL")
                }
                try file.sync()
            }
            try Paths.rename(temporary, to: path)
            try Paths.syncDirectory(Paths.parent(of: path))
        } catch {
            DatabaseFiles.remove(temporary)
            throw StoreError(from: error, path: path)
        }
    }

    private static func open(_ path: String) throws(SQLiteFailure) -> Connection {
        let connection = try Connection(path: path, access: .readWrite)
        // The log is copied into the database at 2 MiB, far apart enough to spare flash; memory stays small.
        try connection.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 512; PRAGMA journal_size_limit = 2097152;
            PRAGMA cache_size = -512; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            """)
        return connection
    }
}
