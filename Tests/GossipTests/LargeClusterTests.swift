import LeaseLedger
import Simulation
import Testing

@testable import Gossip

@Suite struct LargeClusterTests {
    private static let seeds = [1, UInt64.random(in: 0 ... .max)]

    private func settledCluster(nodes: Int, seed: UInt64) throws -> SimulatedCluster {
        var cluster = SimulatedCluster(seed: seed, settings: try testSettings("10.0.0.0/8"))
        for _ in 0..<nodes { cluster.addNode() }
        cluster.startSettled()
        return cluster
    }

    @Test(arguments: seeds)
    func `a settled cluster is one that has come to rest, and stays so`(seed: UInt64) throws {
        var cluster = try settledCluster(nodes: 50, seed: seed)
        #expect(cluster.isConverged, "seed \(seed)")
        cluster.run(for: .seconds(60))
        #expect(cluster.isConverged && cluster.overlaps.isEmpty, "seed \(seed)")
        #expect(cluster.nodes.allSatisfy { $0.gossip?.members.count == 49 }, "seed \(seed)")
        #expect(cluster.nodes.allSatisfy { $0.events.isEmpty == ($0.claim != nil) }, "seed \(seed)")
        // A probe and an answer a second each.
        #expect(cluster.datagrams / 50 < 140, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a node that starts again soon knows of all that they are there, though datagrams are lost`(
        seed: UInt64
    ) throws {
        var cluster = try settledCluster(nodes: 200, seed: seed)
        cluster.run(for: .seconds(2))
        cluster.kill(7, power: true)
        cluster.run(for: .seconds(10))
        cluster.network.loss = 0.1
        let before = cluster.datagrams
        cluster.start(7, seeds: [])
        #expect(cluster.run(for: .seconds(20)) { $0.seesAllAlive && $0.haveEqualTables }, "seed \(seed)")
        #expect(cluster.datagrams - before < 200 * 100, "seed \(seed)")
    }
}
