internal import LeaseLedger

/// What is still to be spread. An item's content is read when it is sent, so it is never out of date, and newer news of
/// the same subject takes the place of the older.
struct NewsQueue: Sendable {
    enum Subject: Hashable, Sendable {
        case record(NodeID)
        case liveness(NodeID)
        case revocation(Revocation)
    }

    private var sent: [Subject: Int] = [:]
    /// Subjects that nobody was told yet.
    private(set) var fresh: [Subject] = []

    var isEmpty: Bool { sent.isEmpty }
    var count: Int { sent.count }

    mutating func add(_ subject: Subject) {
        sent[subject] = 0
        if !fresh.contains(subject) { fresh.append(subject) }
    }

    mutating func takeFresh() -> [Subject] {
        defer { fresh = [] }
        return fresh
    }

    /// All subjects, the least sent first; equals in a fixed order, so that a simulation repeats.
    func ordered() -> [Subject] {
        sent.sorted { ($0.value, $0.key.order) < ($1.value, $1.key.order) }.map(\.key)
    }

    mutating func countSent(_ subject: Subject, limit: Int) {
        guard let times = sent[subject] else { return }
        sent[subject] = times + 1 >= limit ? nil : times + 1
    }

    /// The fewest times any item was sent.
    var leastSent: Int { sent.values.min() ?? 0 }
}

extension NewsQueue.Subject {
    fileprivate var order: UInt64 {
        switch self {
        case .record(let nodeID): UInt64(truncatingIfNeeded: nodeID.bits) & ~3
        case .liveness(let nodeID): UInt64(truncatingIfNeeded: nodeID.bits) & ~3 | 1
        case .revocation(let revocation): UInt64(truncatingIfNeeded: revocation.nodeID.bits) & ~3 | 2
        }
    }
}
