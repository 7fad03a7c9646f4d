internal import LeaseLedger

/// A suspicion's time: it starts long and shrinks to its minimum as independent accusers join (Lifeguard, "dynamic
/// suspicion"; arXiv 1707.00788 §3.B).
struct Suspicion: Hashable, Sendable, Expiring {
    private(set) var started: Instant
    private(set) var deadline: Instant
    /// Whether this node has asked the suspect itself.
    var isChecked = false
    private let least: Duration
    private let most: Duration
    private let accuser: NodeID
    private var second: NodeID?
    private var third: NodeID?

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
        self.accuser = accuser
        deadline = now + most
    }

    /// Enough independent nodes accuse for a verdict without this node's own look.
    var isConfirmed: Bool { third != nil }

    mutating func delay(by span: Duration) {
        started = started + span
        deadline = deadline + span
    }

    /// - Returns: whether this accuser was needed and new; then it is worth passing on.
    mutating func confirm(by accuser: NodeID) -> Bool {
        guard third == nil, accuser != self.accuser, accuser != second else { return false }
        if second == nil {
            second = accuser
            // ln(c + 1) / ln(k + 1) for k = 2 and c = 1.
            deadline = started + max(least, most - (most - least) * 0.6309)
        } else {
            third = accuser
            deadline = started + least
        }
        return true
    }
}
