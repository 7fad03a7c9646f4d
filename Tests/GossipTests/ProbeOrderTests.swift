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
        for number in 0..<10 { order.insert(NodeID(bits: UInt128(number)), using: &random) }
        let wanted = NodeID(bits: 7)
        for _ in 0..<100 { #expect(order.nextMember(using: &random) { $0 == wanted } == wanted, "seed \(seed)") }
        #expect(order.nextMember(using: &random) { _ in false } == nil)
    }

    /// As after a power cut: each would find a dead one within its round, and all within the same second of it.
    @Test func `nodes that start from the same store look after its members in different orders`() throws {
        let stored = (1...20 as ClosedRange<UInt64>).map { number in
            StoredMember(record: SignedRecord(ofTest: NodeRecord.ofTest(number)), incarnation: 5)
        }
        let orders = try (0..<8 as Range<UInt64>).map { seed in
            var configuration = try GossipConfiguration(ofTest: NodeRecord.ofTest(0), hasSeeds: false)
            configuration.randomSeed = seed
            var gossip = Gossip(configuration: configuration, restored: stored)
            _ = gossip.handle(.start, at: Instant(nanoseconds: 1 << 40))
            #expect(Set(gossip.probeOrder.all) == Set(stored.map(\.record.nodeID)))
            return Array(gossip.probeOrder.all)
        }
        #expect(Set(orders).count == orders.count)
    }
}
