import Addressing
import LeaseLedger
import Simulation
import Testing

@testable import Gossip

/// A stolen machine is banned, on the daemon's own code and virtual time.
@Suite struct BanTests {
    private static let seeds = [1, UInt64.random(in: 0 ... .max)]

    private func cluster(nodes: Int, seed: UInt64) throws -> SimulatedCluster {
        var cluster = makeCluster(nodes: nodes, seed: seed, settings: try testSettings())
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged }, "seed \(seed)")
        return cluster
    }

    private func isRefused(_ nodeID: NodeID, by node: SimulatedNode) -> Bool {
        guard let gossip = node.gossip, let table = gossip.ledger?.table else { return false }
        return table.isBanned(nodeID) && table[nodeID] == nil && table.standingClaim(of: nodeID) == nil
            && gossip.members[nodeID] == nil
    }

    @Test(arguments: seeds)
    func `a ban reaches everybody, the banned too, and its subnet is free`(seed: UInt64) throws {
        var cluster = try cluster(nodes: 12, seed: seed)
        let stolen = cluster.nodes[5].identity.nodeID
        let subnet = try #require(cluster.nodes[5].claim?.subnet)
        cluster.give(.ban(stolen), to: 0)
        let done = cluster.run(for: .seconds(20)) { cluster in
            cluster.running.allSatisfy { $0.index == 5 || isRefused(stolen, by: $0) }
                && cluster.nodes[5].gossip?.ledger?.isBanned == true
        }
        #expect(done, "seed \(seed)")
        #expect(cluster.nodes[5].claim == nil && cluster.nodes[5].gossip?.nextDeadline == nil, "it falls silent")
        let others = cluster.running.filter { $0.index != 5 }
        #expect(Set(others.map { $0.gossip?.ledger?.table.hash.whole ?? 0 }).count == 1, "seed \(seed)")
        #expect(others.allSatisfy { $0.gossip?.ledger?.table.owner(of: subnet) == nil })
        #expect(others.allSatisfy { $0.gossip?.ledger?.table.banned[stolen] == "n5" }, "its name is remembered")
    }

    @Test(arguments: seeds)
    func `a machine banned while it was off is refused when it returns, and learns why`(seed: UInt64) throws {
        var cluster = try cluster(nodes: 6, seed: seed)
        let stolen = cluster.nodes[2].identity.nodeID
        cluster.kill(2)
        cluster.run(for: .seconds(10))
        cluster.give(.ban(stolen), to: 4)
        cluster.run(for: .seconds(10))
        cluster.start(2, seeds: [0, 1])
        let told = cluster.run(for: .seconds(20)) { $0.nodes[2].gossip?.ledger?.isBanned == true }
        #expect(told, "seed \(seed)")
        #expect(cluster.running.allSatisfy { $0.index == 2 || isRefused(stolen, by: $0) }, "seed \(seed)")
        #expect(cluster.running.contains { $0.gossip?.counters.datagramsBanned ?? 0 > 0 })
    }

    @Test(arguments: seeds)
    func `a ban issued on one side of a partition holds on both once it heals`(seed: UInt64) throws {
        var cluster = try cluster(nodes: 9, seed: seed)
        let stolen = cluster.nodes[8].identity.nodeID
        cluster.network.isConnected = { ($0 < 4) == ($1 < 4) }
        cluster.run(for: .seconds(20))
        cluster.give(.ban(stolen), to: 0)
        cluster.run(for: .seconds(5))
        #expect(!isRefused(stolen, by: cluster.nodes[6]))
        cluster.network.isConnected = { _, _ in true }
        let done = cluster.run(for: .seconds(40)) { cluster in
            cluster.running.allSatisfy { $0.index == 8 || isRefused(stolen, by: $0) }
        }
        #expect(done, "seed \(seed)")
    }

    @Test func `nobody bans itself, and a claim never carries the ban's epoch`() throws {
        var cluster = try cluster(nodes: 2, seed: 3)
        cluster.give(.ban(cluster.nodes[0].identity.nodeID), to: 0)
        #expect(cluster.nodes[0].gossip?.ledger?.isBanned == false)
        #expect(Revocation(banning: NodeID(bits: 1)).isBan)
        #expect(!Revocation(nodeID: NodeID(bits: 1), claimEpoch: Revocation.banEpoch - 1).isBan)
    }
}
