internal import LeaseLedger

/// The members in the order in which they are probed: each once a round (SWIM §4.3), in an order drawn anew each round.
struct ProbeOrder: Sendable {
    private var order: PagedArray<NodeID>
    /// Those before it have had their turn in this round.
    private var next: Int

    init() {
        order = PagedArray()
        next = 0
    }

    /// An order that nodes may share, each beginning somewhere else.
    init(_ order: PagedArray<NodeID>, from start: Int) {
        self.order = order
        next = start
    }

    var count: Int { order.count }
    var isEmpty: Bool { order.isEmpty }
    subscript(index: Int) -> NodeID { order[index] }

    /// Puts a new member at a random place; who was there comes last.
    mutating func insert(_ nodeID: NodeID, using random: inout SplitMix64) {
        let place = Int.random(in: 0...order.count, using: &random)
        order.append(nodeID)
        order.swapAt(place, order.count - 1)
    }

    /// The order of the others hardly changes, and their turns not at all.
    mutating func remove(_ nodeID: NodeID) {
        guard var place = order.firstIndex(of: nodeID) else { return }
        if place < next {
            next -= 1
            order.swapAt(place, next)
            place = next
        }
        order.swapAt(place, order.count - 1)
        order.removeLast()
    }

    /// Whose turn it is, of the members that are wanted; `nil`: there is none.
    mutating func nextMember(using random: inout SplitMix64, where isWanted: (NodeID) -> Bool) -> NodeID? {
        // The rest of this round, and a whole new one.
        for _ in 0..<2 * order.count - next {
            if next >= order.count {
                next = 0
                order.shuffle(using: &random)
            }
            defer { next += 1 }
            if isWanted(order[next]) { return order[next] }
        }
        return nil
    }

    /// All of them, in their order.
    var all: PagedArray<NodeID> { order }

    /// All of them, from a place on and around.
    func all(from start: Int) -> LazyMapSequence<Range<Int>, NodeID> {
        (0..<order.count).lazy.map { [order] in order[(start + $0) % order.count] }
    }
}
