/// The database.
enum StoreChecks {
    /// Bytes; a transaction and its log need less.
    private static let leastFree: UInt64 = 1 << 20
    /// Transactions a second; an idle cluster writes none.
    private static let most = 2.0
    private static let fewest: UInt64 = 5

    static func unreadable(_ facts: Facts) -> [Finding] {
        let store = facts.store
        guard !store.exists || store.failure != nil else { return [] }
        return [
            Finding(
                "store-unreadable", subject: store.path,
                what: store.failure ?? "\(store.path) is not there",
                why: "Without it a restart knows neither its lease nor its peers, until it has joined again.",
                fix: store.exists ? "leasectl db check --database \(store.path)" : "systemctl restart feltd")
        ]
    }

    static func damaged(_ facts: Facts) -> [Finding] {
        guard let first = facts.store.problems.first else { return [] }
        let more = facts.store.problems.count > 1 ? " (and \(facts.store.problems.count - 1) more)" : ""
        return [
            Finding(
                "store-damaged", subject: facts.store.path, what: "\(first)\(more)",
                why: "What is damaged is set aside at the next start, and the peers are learnt again.",
                fix: "leasectl db check && systemctl restart feltd")
        ]
    }

    static func unwritable(_ facts: Facts) -> [Finding] {
        let store = facts.store
        let what: String
        if let problem = store.daemonProblem {
            what = problem
        } else if store.isReadOnly {
            what = "the file system of \(store.path) is read-only"
        } else if let free = store.freeBytes, free < leastFree {
            what = "the file system of \(store.path) has \(free) bytes left"
        } else {
            return []
        }
        return [
            Finding(
                "store-unwritable", subject: store.path, what: what,
                why: "A new lease is not used before it is on disk; after a restart this node may start anew.",
                fix: "df -h \(folder(store.path)); mount -o remount,rw the file system, or make room")
        ]
    }

    static func busy(_ facts: Facts) -> [Finding] {
        let store = facts.store
        guard store.writes >= fewest, store.seconds > 0, Double(store.writes) > store.seconds * most else { return [] }
        return [
            Finding(
                "store-busy", subject: store.path,
                what: "\(store.writes) transactions in \(Int(store.seconds.rounded(.up))) s",
                why: "An idle cluster writes nothing: something changes all the time, and flash wears out.",
                fix: "leasectl events --since 5m")
        ]
    }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
