internal import Glibc

/// Why the store could not be opened, read or written. The connection stays usable after each of them.
package struct StoreError: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The state directory cannot be made, or files cannot be made in it.
        case directory
        /// Another daemon has the database open.
        case inUse(pid: Int32?)
        case missing
        case notPermitted
        /// The file is something else; perhaps the path is a mistake.
        case notADatabase
        /// A SQLite database that another program made.
        case otherApplication(id: Int64)
        case newerSchema(found: Int64, supported: Int64)
        case damaged
        case diskFull
        case readOnly
        case inputOutput
        /// Somebody held a lock longer than the busy timeout.
        case busy
        /// The file to be written exists already.
        case exists
        case unexpected
    }

    package let kind: Kind
    package let path: String
    /// The system's or SQLite's own words; may be empty.
    package let detail: String

    package init(_ kind: Kind, path: String, detail: String = "") {
        self.kind = kind
        self.path = path
        self.detail = detail
    }

    init(_ failure: SystemFailure, path: String) {
        self.init(Kind(errno: failure.code) ?? .unexpected, path: path, detail: failure.description)
    }

    init(_ failure: SQLiteFailure, path: String) {
        var kind = failure.kind
        // SQLite does not always keep the errno of a write that a read-only file system refused.
        if kind == .inputOutput, access(path, W_OK) != 0, errno == EROFS { kind = .readOnly }
        self.init(kind, path: path, detail: failure.description)
    }

    init(from error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as SQLiteFailure: self.init(error, path: path)
        case let error as SystemFailure: self.init(error, path: path)
        default: self.init(.unexpected, path: path, detail: "\(error)")
        }
    }

    /// Whether the same call may succeed later without anybody touching the database.
    package var isPassing: Bool { Kind.passing.contains(kind) }

    /// Whether the database has to be opened again, which sets a damaged one aside and makes a new one.
    package var asksForReopening: Bool {
        switch kind {
        case .damaged, .notADatabase, .missing, .otherApplication: true
        default: false
        }
    }
}

extension StoreError.Kind {
    static let passing: Set<Self> = [.diskFull, .readOnly, .inputOutput, .busy]

    init?(errno code: Int32) {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull
        case EROFS: self = .readOnly
        case EIO: self = .inputOutput
        case EACCES, EPERM: self = .notPermitted
        case ENOENT: self = .missing
        case EEXIST: self = .exists
        default: return nil
        }
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        let words = detail.isEmpty ? "" : " (\(detail))"
        return switch kind {
        case .directory:
            "state directory \(path) cannot be used\(words); "
                + "make it writable for feltd or name another with --state-dir"
        case .inUse(let pid):
            "database \(path) is in use by another feltd\(pid.map { " (pid \($0))" } ?? ""); "
                + "stop that one or give this one its own --state-dir"
        case .missing: "\(path) does not exist\(words); has feltd ever run with this state directory?"
        case .notPermitted: "\(path) may not be opened\(words); run as root or as the user that runs feltd"
        case .notADatabase:
            "\(path) is not a SQLite database\(words); move it away or name another state directory with --state-dir"
        case .otherApplication(let id):
            "\(path) is another program's SQLite database (application_id \(id)); "
                + "move it away or name another state directory with --state-dir"
        case .newerSchema(let found, let supported):
            "\(path) has schema version \(found), from a newer release; this one knows up to \(supported); "
                + "install the newer release or move the database away"
        case .damaged: "database \(path) is damaged\(words); restart feltd: it sets it aside and makes a new one"
        case .diskFull: "no space left to write \(path)\(words); free some, feltd tries again"
        case .readOnly: "\(path) is on a read-only file system or read-only itself\(words); make it writable"
        case .inputOutput: "input/output error at \(path)\(words); check the disk"
        case .busy: "database \(path) is locked by another program\(words); end that program"
        case .exists: "\(path) exists already and is not overwritten; name another file"
        case .unexpected: "unexpected failure at \(path)\(words)"
        }
    }
}
