internal import CSQLite

/// What a column of SQLite's may hold.
enum RawValue {
    case null
    case integer(Int64)
    case real(Double)
    case text([UInt8])
    case blob([UInt8])
}

/// A database as another program sees it, past everything that LeaseStore takes care of.
struct RawDatabase: ~Copyable {
    private let handle: OpaquePointer

    init(_ path: String) {
        var opened: OpaquePointer?
        guard sqlite3_open(path, &opened) == SQLITE_OK, let opened else { preconditionFailure("sqlite3_open") }
        handle = opened
        execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF")
    }

    deinit { sqlite3_close_v2(handle) }

    func execute(_ sql: String) { precondition(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, sql) }

    func rows(_ sql: String) -> [[RawValue]] {
        var statement: OpaquePointer?
        precondition(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, sql)
        defer { sqlite3_finalize(statement) }
        var rows: [[RawValue]] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append((0..<sqlite3_column_count(statement)).map { value(statement, $0) })
        }
        return rows
    }

    private func value(_ statement: OpaquePointer?, _ column: Int32) -> RawValue {
        let type = sqlite3_column_type(statement, column)
        switch type {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        default:
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            let bytes = start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) } ?? []
            return type == SQLITE_TEXT ? .text(bytes) : .blob(bytes)
        }
    }

    /// A row, or nothing where a key stands in its way.
    func insert(into table: String, _ values: [RawValue]) {
        let places = values.map { _ in "?" }.joined(separator: ", ")
        var statement: OpaquePointer?
        let sql = "INSERT OR IGNORE INTO \(table) VALUES (\(places))"
        precondition(sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, sql)
        defer { sqlite3_finalize(statement) }
        for (offset, value) in values.enumerated() { bind(statement, Int32(offset + 1), value) }
        // A text where a row's number must stand is refused; so be it.
        _ = sqlite3_step(statement)
    }

    private func bind(_ statement: OpaquePointer?, _ index: Int32, _ value: RawValue) {
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(let bytes):
            bytes.withUnsafeBytes {
                _ = csqlite_bind_text(
                    statement, index, $0.baseAddress?.assumingMemoryBound(to: CChar.self), Int32($0.count))
            }
        case .blob(let bytes): _ = csqlite_bind_blob(statement, index, bytes, Int32(bytes.count))
        }
    }
}
