internal import CSQLite

/// A call of SQLite's that failed.
struct SQLiteFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Extended result code (sqlite.org/rescode.html).
    let code: Int32
    /// errno behind it, 0 when there is none.
    let systemCode: Int32
    let message: String

    init(code: Int32, systemCode: Int32 = 0, message: String? = nil) {
        self.code = code
        self.systemCode = systemCode
        self.message = message ?? String(cString: sqlite3_errstr(code))
    }

    var description: String {
        let system = systemCode == 0 ? "" : ", " + SystemFailure(call: "errno", code: systemCode).description
        return "SQLite \(code): \(message)\(system)"
    }

    /// errno may be left from an earlier call: only what a disk says is believed.
    private var ioKind: StoreError.Kind {
        switch StoreError.Kind(errno: systemCode) {
        case .diskFull: .diskFull
        case .readOnly: .readOnly
        default: .inputOutput
        }
    }

    /// errno is meaningful only behind the codes for input and output.
    var kind: StoreError.Kind {
        switch code & 0xFF {
        case SQLITE_FULL: .diskFull
        case SQLITE_READONLY: .readOnly
        case SQLITE_IOERR: ioKind
        case SQLITE_CANTOPEN: StoreError.Kind(errno: systemCode) ?? .inputOutput
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_CORRUPT: .damaged
        case SQLITE_PERM, SQLITE_AUTH: .notPermitted
        default: .unexpected
        }
    }
}
