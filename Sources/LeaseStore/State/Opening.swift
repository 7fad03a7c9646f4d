/// What was found when the store was opened.
package enum Opening: Hashable, Sendable {
    case existing
    /// There was none.
    case created
    /// An older release wrote it.
    case migrated(from: Int64)
    /// It was damaged and is kept under another name; all but the identity is to be learned from the peers again.
    case openedFresh(SetAside)
}

/// A damaged database and where it went.
package struct SetAside: Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Hashable, Sendable {
        /// The file begins with zeros: the usual look of a file after a power loss.
        case zeroed
        case truncated
        case malformed
        /// Only the write-ahead log was left.
        case orphaned
    }

    package let reason: Reason
    /// Path of the database file's new name, and of its log's with "-wal" behind it.
    package let keptAs: String
    /// SQLite's words; may be empty.
    package let detail: String

    package var description: String {
        "database was \(reason.rawValue)\(detail.isEmpty ? "" : " (\(detail))"); kept as \(keptAs), a fresh one made"
    }
}
