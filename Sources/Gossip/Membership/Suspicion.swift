internal import LeaseLedger

/// A suspicion's time: it starts long and shrinks to its minimum as independent accusers join (Lifeguard, "dynamic
/// suspicion"; arXiv 1707.00788 §3.B).
struct Suspicion: Hashable, Sendable {
    private(set) var started: Instant
    /// Whether this node has asked the suspect itself.
    var isChecked = false
    private let least: Duration
    private let most: Duration
    private var accusers: Set<NodeID>

    /// Accusers beside the first that bring the time down to its minimum.
    static let confirmationsNeeded = 2
    static let longestToShortest = 4

    init(accuser: NodeID, at now: Instant, peers: Int, interval: Duration) {
        started = now
        var scale = 1.0
        var reach = 10
        while reach < peers {
            reach = reach > Int.max / 10 ? Int.max : reach * 10
            scale += 0.5
        }
        least = interval * scale
        // With too few others to confirm it, a suspicion stands for its least time.
        most = peers - 2 < Self.confirmationsNeeded ? least : least * Self.longestToShortest
        accusers = [accuser]
    }

    /// Enough independent nodes accuse for a verdict without this node's own look.
    var isConfirmed: Bool { accusers.count > Self.confirmationsNeeded }

    mutating func delay(by span: Duration) { started = started + span }

    /// - Returns: whether this accuser was needed and new; then it is worth passing on.
    mutating func confirm(by accuser: NodeID) -> Bool {
        guard accusers.count <= Self.confirmationsNeeded else { return false }
        return accusers.insert(accuser).inserted
    }

    var deadline: Instant {
        // ln(c + 1) / ln(k + 1) for k = 2 and c = 0, 1, 2.
        let share = [0, 0.6309, 1][min(accusers.count - 1, Self.confirmationsNeeded)]
        return started + max(least, most - (most - least) * share)
    }
}
