import Addressing
import Gossip
import LeaseLedger
import Simulation
import Testing

@Suite struct OrderTests {
    private func cluster(_ seed: UInt64) throws -> SimulatedCluster {
        var cluster = makeCluster(nodes: 5, seed: seed, settings: try testSettings())
        #expect(cluster.run(for: .seconds(20)) { $0.isConverged }, "seed \(seed)")
        return cluster
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `an order reaches its node through losses, is obeyed once, and everybody sees it`(seed: UInt64) throws {
        var cluster = try cluster(seed)
        cluster.network.loss = 0.3
        let wanted = try IPv4Block(parsing: "10.244.77.0/24")
        let target = cluster.nodes[3].identity.nodeID
        cluster.give(.order(.pin(wanted), to: target, number: 7, onlyAsking: true), to: 0)
        cluster.run(for: .seconds(3)) { $0.nodes[0].orderReplies[7] != nil }
        #expect(cluster.nodes[0].orderReplies[7] == .answered(.moves(to: wanted)), "seed \(seed)")
        #expect(cluster.nodes[3].claim?.subnet != wanted)
        cluster.give(.order(.pin(wanted), to: target, number: 8, onlyAsking: false), to: 0)
        cluster.run(for: .seconds(3)) { $0.nodes[0].orderReplies[8] != nil }
        #expect(cluster.nodes[0].orderReplies[8] == .answered(.moves(to: wanted)), "seed \(seed)")
        cluster.network.loss = 0
        let isKnown = cluster.run(for: .seconds(10)) { cluster in
            cluster.running.allSatisfy { $0.gossip?.ledger?.table.owner(of: wanted)?.nodeID == target }
        }
        #expect(isKnown, "seed \(seed)")
        let orders = cluster.nodes[3].events.count { if case .ordered = $0.event { true } else { false } }
        #expect(orders == 1, "seed \(seed)")
    }

    @Test func `an order to a node that is not there is refused at once, and nothing is done later`() throws {
        var cluster = try cluster(4)
        let target = cluster.nodes[3].identity.nodeID
        cluster.kill(3)
        cluster.run(for: .seconds(20))
        cluster.give(.order(.release, to: target, number: 1, onlyAsking: false), to: 0)
        #expect(cluster.nodes[0].orderReplies[1] == .absent)
        cluster.give(.order(.release, to: NodeID(bits: 5), number: 2, onlyAsking: false), to: 0)
        #expect(cluster.nodes[0].orderReplies[2] == .unknown)
        cluster.start(3, seeds: [0])
        cluster.run(for: .seconds(20))
        #expect(cluster.nodes[3].claim != nil)
    }

    @Test func `a forgotten node is no member any more, is contacted by nobody, and is one again when it comes back`()
        throws
    {
        var cluster = try cluster(5)
        let target = cluster.nodes[3].identity.nodeID
        cluster.kill(3)
        cluster.run(for: .seconds(20))
        cluster.give(.ledger(.revoke(target, forget: true)), to: 0)
        cluster.run(for: .seconds(20))
        for node in cluster.running {
            #expect(node.gossip?.members[target] == nil)
            #expect(node.gossip?.ledger?.table.isForgotten(target) == true)
        }
        cluster.start(3, seeds: [0])
        #expect(cluster.run(for: .seconds(20)) { $0.isConverged })
        for node in cluster.running where node.index != 3 {
            #expect(node.gossip?.members[target]?.liveness == .alive)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `whoever joins later takes a forgotten node neither for alive nor for a member`(seed: UInt64) throws {
        var cluster = try cluster(seed)
        let targets = [2, 3].map { cluster.nodes[$0].identity.nodeID }
        for index in [2, 3] { cluster.kill(index) }
        cluster.run(for: .seconds(20))
        for target in targets { cluster.give(.ledger(.revoke(target, forget: true)), to: 0) }
        cluster.run(for: .seconds(20))
        let joiner = cluster.addNode()
        cluster.start(joiner, seeds: [0])
        cluster.run(for: .seconds(10))
        for target in targets {
            #expect(cluster.nodes[joiner].gossip?.ledger?.table.isForgotten(target) == true, "seed \(seed)")
            #expect(cluster.nodes[joiner].gossip?.members[target] == nil, "seed \(seed)")
            let wasAlive = cluster.nodes[joiner].events.contains { $0.event == .liveness(target, .alive) }
            #expect(!wasAlive, "seed \(seed)")
        }
    }
}
