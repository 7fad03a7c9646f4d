/// How far this node trusts itself to hear in time (Lifeguard, "local health multiplier"; arXiv 1707.00788 §3.A):
/// 0 is well. The probe interval and its time-outs are multiplied by `score` + 1.
struct LocalHealth: Hashable, Sendable {
    private(set) var score = 0

    static let worst = 8

    mutating func adjust(by difference: Int) {
        score = min(max(score + difference, 0), Self.worst)
    }

    func scaled(_ span: Duration) -> Duration { span * (score + 1) }
}
