/// The steps that are bound to happen, as a graph over the states: it must have no circle, and then its longest path
/// bounds the way to rest, whatever the order of deliveries.
struct Progress {
    enum Judgement {
        case longest(Int)
        /// The number of a state on a circle, or behind one.
        case cycle(UInt32)
    }

    /// States are expanded in the order of their numbers.
    private var starts: [Int] = []
    private var targets: [UInt32] = []

    mutating func begin() { starts.append(targets.count) }

    mutating func edge(to target: UInt32) { targets.append(target) }

    /// Kahn's algorithm over a finished search.
    func longestPath() -> Judgement {
        let count = starts.count
        var waiting = [UInt32](repeating: 0, count: count)
        for target in targets { waiting[Int(target)] += 1 }
        var ready = (0..<UInt32(count)).filter { waiting[Int($0)] == 0 }
        var depth = [Int32](repeating: 0, count: count)
        var seen = 0
        var longest: Int32 = 0
        while let state = ready.popLast() {
            seen += 1
            let end = Int(state) + 1 < count ? starts[Int(state) + 1] : targets.count
            for target in targets[starts[Int(state)]..<end] {
                depth[Int(target)] = max(depth[Int(target)], depth[Int(state)] + 1)
                longest = max(longest, depth[Int(target)])
                waiting[Int(target)] -= 1
                if waiting[Int(target)] == 0 { ready.append(target) }
            }
        }
        if seen < count, let stuck = waiting.firstIndex(where: { $0 > 0 }) { return .cycle(UInt32(stuck)) }
        return .longest(Int(longest))
    }
}
