internal import CSQLite

/// A prepared statement; lives no longer than the work it was made for.
struct Statement: ~Copyable {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    private func check(_ code: Int32) throws(SQLiteFailure) {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> SQLiteFailure {
        let connection = sqlite3_db_handle(handle)
        return SQLiteFailure(
            code: code, systemCode: sqlite3_system_errno(connection),
            message: String(cString: sqlite3_errmsg(connection)))
    }

    /// Binds the values to parameters 1, 2, …
    func bind(_ values: [SQLiteValue]) throws(SQLiteFailure) {
        for (offset, value) in values.enumerated() {
            let index = Int32(offset + 1)
            switch value {
            case .null: try check(sqlite3_bind_null(handle, index))
            case .integer(let integer): try check(sqlite3_bind_int64(handle, index, integer))
            case .text(let text):
                try check(csqlite_bind_text(handle, index, text, Int32(truncatingIfNeeded: text.utf8.count)))
            case .blob(let bytes) where bytes.isEmpty: try check(sqlite3_bind_zeroblob(handle, index, 0))
            case .blob(let bytes):
                try check(csqlite_bind_blob(handle, index, bytes, Int32(truncatingIfNeeded: bytes.count)))
            }
        }
    }

    /// Steps once: `true` when a row is ready, `false` when the statement is done.
    func step() throws(SQLiteFailure) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Runs the statement to its end with these values, ready to be run again.
    func run(_ values: [SQLiteValue]) throws(SQLiteFailure) {
        defer { sqlite3_reset(handle) }
        try bind(values)
        while try step() {}
    }

    // Columns of the current row, from 0. A column of another type, or longer than expected, is `nil`: rows are input.

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER ? sqlite3_column_int64(handle, column) : nil
    }

    func unsigned(_ column: Int32) -> UInt64? { integer(column).map { UInt64(bitPattern: $0) } }

    func blob(_ column: Int32, longest: Int) -> [UInt8]? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        return bytes(sqlite3_column_blob(handle, column), column, longest)
    }

    func text(_ column: Int32, longest: Int) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { return nil }
        return bytes(UnsafeRawPointer(sqlite3_column_text(handle, column)), column, longest)
            .flatMap { String(validating: $0, as: UTF8.self) }
    }

    private func bytes(_ start: UnsafeRawPointer?, _ column: Int32, _ longest: Int) -> [UInt8]? {
        let count = Int(sqlite3_column_bytes(handle, column))
        guard count <= longest else { return nil }
        return count == 0 ? [] : start.map { Array(UnsafeRawBufferPointer(start: $0, count: count)) }
    }
}
