import LeaseLedger
import Testing

@testable import Gossip

@Suite struct ProbeOrderTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `each member has its turn once a round, and those that leave have none`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var order = ProbeOrder()
        for number in 0..<100 { order.insert(NodeID(bits: UInt128(number)), using: &random) }
        var turns: Set<NodeID> = []
        for _ in 0..<60 { turns.formUnion([order.nextMember(using: &random) { _ in true }].compactMap(\.self)) }
        // Of those that have had their turn and of those that have not.
        let leaving = order.all.shuffled(using: &random).prefix(40)
        for nodeID in leaving { order.remove(nodeID) }
        order.remove(NodeID(bits: 1_000))
        #expect(order.count == 60, "seed \(seed)")
        let rest = Set(order.all).subtracting(turns)
        for _ in rest {
            let next = order.nextMember(using: &random) { _ in true }
            #expect(next.map { turns.insert($0).inserted } == true, "seed \(seed)")
        }
        #expect(turns.isSuperset(of: order.all), "seed \(seed)")
        let round = (0..<60).compactMap { _ in order.nextMember(using: &random) { _ in true } }
        #expect(Set(round) == Set(order.all), "seed \(seed)")
        #expect(order.all(from: 7).count { _ in true } == 60)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `members that are not wanted are passed over, and the only one that is has each turn`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var order = ProbeOrder()
        for number in 0..<10 { order.append(NodeID(bits: UInt128(number))) }
        let wanted = NodeID(bits: 7)
        for _ in 0..<100 { #expect(order.nextMember(using: &random) { $0 == wanted } == wanted, "seed \(seed)") }
        #expect(order.nextMember(using: &random) { _ in false } == nil)
    }
}
