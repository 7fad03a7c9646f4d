internal import Glibc

/// What a node's database says of itself, read by SQLite's own program while no feltd runs.
struct Database {
    let path: String

    private func ask(_ sql: String) throws -> [String] {
        // Read from a copy: looking must not change what the next start finds.
        let copy = "\(path).looked-at"
        defer { _ = try? Command.run(["sh", "-c", "rm -f '\(copy)'*"]) }
        for companion in ["", "-wal"] where fileExists(path + companion) {
            try Command.mustRun(["cp", path + companion, copy + companion])
        }
        return try Command.mustRun(["sqlite3", copy, sql]).lines
    }

    /// Every sequence number up to this one may have been spoken; `nil` when the node has no row yet.
    func reserved() throws -> UInt64? {
        guard fileExists(path) else { return nil }
        return try ask("SELECT sequence_reserved FROM own").first.flatMap { UInt64($0) }
    }

    /// How many peers' rows say since when they are absent.
    func absentPeers() throws -> Int {
        try ask("SELECT count(*) FROM peers WHERE unreachable_seconds IS NOT NULL").first.flatMap { Int($0) } ?? 0
    }

    func isWhole() throws -> Bool {
        guard fileExists(path) else { return true }
        return try ask("PRAGMA integrity_check") == ["ok"]
    }

    func run(_ sql: String) throws { try Command.mustRun(["sqlite3", path, sql]) }
}
