internal import CSQLite

/// A connection to one database file, used by one isolation domain at a time.
struct Connection: ~Copyable {
    enum Access: Sendable {
        case readWrite
        case create
        case readOnly
        /// Without locks and without a log: for a file that nobody can be writing.
        case immutable
    }

    private let handle: OpaquePointer

    init(path: String, access: Access, busyMilliseconds: Int32 = 2_000) throws(SQLiteFailure) {
        let mode =
            switch access {
            case .readWrite: SQLITE_OPEN_READWRITE
            case .create: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
            case .readOnly, .immutable: SQLITE_OPEN_READONLY
            }
        let flags = mode | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(Self.uri(path, access), &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let failure = SQLiteFailure(code: code, systemCode: opened.map { sqlite3_system_errno($0) } ?? 0)
            sqlite3_close_v2(opened)
            throw failure
        }
        sqlite3_busy_timeout(opened, busyMilliseconds)
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    /// A path as SQLite's URI (sqlite.org/uri.html), whatever characters it has.
    static func uri(_ path: String, _ access: Access) -> String {
        var escaped = path.hasPrefix("/") ? "" : "./"
        for character in path {
            switch character {
            case "%": escaped += "%25"
            case "?": escaped += "%3f"
            case "#": escaped += "%23"
            default: escaped.append(character)
            }
        }
        return switch access {
        case .immutable: "file:\(escaped)?immutable=1"
        case .readOnly: "file:\(escaped)?mode=ro"
        case .readWrite, .create: "file:\(escaped)"
        }
    }

    private func failure(_ code: Int32) -> SQLiteFailure {
        SQLiteFailure(
            code: code, systemCode: sqlite3_system_errno(handle), message: String(cString: sqlite3_errmsg(handle)))
    }

    /// Runs statements without parameters; their rows are thrown away.
    func execute(_ sql: String) throws(SQLiteFailure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    func prepare(_ sql: String) throws(SQLiteFailure) -> Statement {
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, 0, &statement, nil)
        guard code == SQLITE_OK else { throw failure(code) }
        guard let statement else { throw SQLiteFailure(code: SQLITE_MISUSE, message: "an empty statement") }
        return Statement(handle: statement)
    }

    /// The first column of the first row as an integer.
    func integer(_ sql: String) throws(SQLiteFailure) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// The first column of the first row as text.
    func text(_ sql: String) throws(SQLiteFailure) -> String? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.text(0, longest: 65_536) : nil
    }

    /// All that `body` writes, or nothing of it. After a failure the connection is as before.
    func transaction<Result>(
        _ kind: String = "IMMEDIATE", _ body: () throws(SQLiteFailure) -> Result
    ) throws(SQLiteFailure) -> Result {
        try execute("BEGIN \(kind)")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            // SQLite has rolled back by itself after some failures (disk full, input/output).
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Whether closing leaves the write-ahead log alone: damaged files are kept as they were found.
    func keepLogOnClose(_ keep: Bool) { _ = csqlite_keep_log_on_close(handle, keep ? 1 : 0) }
}
