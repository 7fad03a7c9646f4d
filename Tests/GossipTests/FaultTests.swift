import Addressing
import LeaseLedger
import Simulation
import Testing

@testable import Gossip

/// Whole clusters of the daemon's own code under faults, on virtual time.
@Suite struct FaultTests {
    private func convergedCluster(nodes: Int, seed: UInt64, network: String = "10.244.0.0/16") throws
        -> SimulatedCluster
    {
        var cluster = makeCluster(nodes: nodes, seed: seed, settings: try testSettings(network))
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged }, "seed \(seed)")
        cluster.run(for: .seconds(5))
        return cluster
    }

    private static let seeds = [1, UInt64.random(in: 0 ... .max)]

    @Test(arguments: seeds)
    func `a killed node is found unreachable by all, and nobody else is`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 16, seed: seed)
        let start = cluster.now
        let victim = cluster.nodes[5].identity.nodeID
        cluster.kill(5)
        let found = cluster.run(for: .seconds(30)) { cluster in
            cluster.running.allSatisfy { $0.gossip?.members[victim]?.liveness == .unreachable }
        }
        #expect(found, "seed \(seed)")
        #expect(cluster.falseFailures(since: start) == 0, "seed \(seed)")
        // Fail static: its claim stands.
        #expect(cluster.running.allSatisfy { $0.gossip?.ledger?.table.standingClaim(of: victim) != nil })
    }

    @Test(arguments: seeds)
    func `a stopped node is told from a failed one`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 8, seed: seed)
        let stopped = cluster.nodes[3].identity.nodeID
        cluster.stop(3)
        cluster.run(for: .seconds(20))
        #expect(cluster.running.allSatisfy { $0.gossip?.members[stopped]?.liveness == .left }, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a killed node that starts again resumes its subnet without its seeds`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 8, seed: seed)
        let subnet = cluster.nodes[2].claim?.subnet
        cluster.kill(2)
        cluster.run(for: .seconds(20))
        cluster.start(2, seeds: [])
        #expect(cluster.run(for: .seconds(30)) { $0.isConverged }, "seed \(seed)")
        #expect(cluster.nodes[2].claim?.subnet == subnet, "seed \(seed)")
    }

    @Test(arguments: seeds, [1, 3])
    func `a few that were cut off for a minute and the others soon see each other alive again`(
        seed: UInt64, few: Int
    ) throws {
        var cluster = try convergedCluster(nodes: 40, seed: seed)
        cluster.network.isConnected = { ($0 < few) == ($1 < few) }
        cluster.run(for: .seconds(60))
        #expect(!cluster.seesAllAlive)
        cluster.network.mend()
        // Three sweeps, a second apart. Without them the last waits for a contact of 5 s, or the end of a suspicion.
        #expect(cluster.run(for: .seconds(3)) { $0.seesAllAlive }, "seed \(seed)")
    }

    @Test(arguments: seeds, [0.05, 0.2])
    func `a cluster that loses datagrams converges and stays without overlap`(seed: UInt64, loss: Double) throws {
        var cluster = SimulatedCluster(seed: seed, settings: try testSettings())
        cluster.network.loss = loss
        cluster.network.duplication = 0.05
        for _ in 0..<12 { cluster.addNode() }
        for index in 0..<12 { cluster.start(index, seeds: [0, 1]) }
        #expect(cluster.run(for: .seconds(120)) { $0.isConverged }, "seed \(seed)")
        #expect(cluster.overlaps == [], "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a partition in which both sides claim the last subnets heals to one owner each`(seed: UInt64) throws {
        // Six subnets, six nodes: each half fills three alone and may take what the other half takes.
        var cluster = SimulatedCluster(seed: seed, settings: try testSettings("10.244.0.0/21"))
        for _ in 0..<6 { cluster.addNode() }
        cluster.network.isConnected = { ($0 < 3) == ($1 < 3) }
        for index in 0..<6 { cluster.start(index, seeds: Array(0..<6)) }
        cluster.run(for: .seconds(30))
        #expect(cluster.allHold, "seed \(seed)")
        let conflicts = cluster.overlaps.count
        cluster.network.isConnected = { _, _ in true }
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged && $0.overlaps.isEmpty }, "seed \(seed)")
        cluster.run(for: .seconds(10))
        #expect(cluster.overlaps == [], "seed \(seed)")
        let yields = cluster.nodes.flatMap(\.events).count { if case .lease(.lost) = $0.event { true } else { false } }
        print("seed \(seed): \(conflicts) subnets held twice, \(yields) yields")
        #expect(yields >= conflicts, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a healed partition sees everybody alive again`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 20, seed: seed)
        cluster.network.isConnected = { ($0 < 7) == ($1 < 7) }
        cluster.run(for: .seconds(60))
        #expect(!cluster.seesAllAlive)
        cluster.network.isConnected = { _, _ in true }
        #expect(cluster.run(for: .seconds(30)) { $0.isConverged }, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a node that moves is followed, its subnet unchanged`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 6, seed: seed)
        let subnet = cluster.nodes[4].claim?.subnet
        let moved = Endpoint(address: .v4(try IPv4Address(parsing: "192.168.77.7")), port: 8473)
        cluster.move(4, to: moved)
        let nodeID = cluster.nodes[4].identity.nodeID
        let followed = cluster.run(for: .seconds(20)) { cluster in
            cluster.isConverged
                && cluster.running.allSatisfy { $0.index == 4 || $0.gossip?.members[nodeID]?.endpoint == moved }
        }
        #expect(followed, "seed \(seed)")
        #expect(cluster.nodes[4].claim?.subnet == subnet)
    }

    @Test(arguments: seeds)
    func `a restored old disk is overtaken by what the peers remember`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 5, seed: seed)
        let old = cluster.disk(of: 1)
        for _ in 0..<3 {
            cluster.kill(1)
            cluster.start(1, seeds: [0])
            cluster.run(for: .seconds(10))
        }
        let subnet = cluster.nodes[1].claim?.subnet
        cluster.kill(1)
        cluster.setDisk(1, old)
        cluster.start(1, seeds: [0])
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged }, "seed \(seed)")
        #expect(cluster.nodes[1].claim?.subnet == subnet, "seed \(seed)")
        #expect(cluster.overlaps == [])
    }

    @Test(arguments: seeds)
    func `a full pool exhausts the rest, and a released subnet is taken`(seed: UInt64) throws {
        var cluster = SimulatedCluster(seed: seed, settings: try testSettings("10.244.0.0/22"))
        for _ in 0..<5 { cluster.addNode() }
        for index in 0..<5 { cluster.start(index, seeds: [0, 1]) }
        cluster.run(for: .seconds(20))
        #expect(cluster.running.count { $0.claim != nil } == 3, "seed \(seed)")
        #expect(cluster.running.count { $0.gossip?.ledger?.phase == .exhausted } == 2, "seed \(seed)")
        let holder = try #require(cluster.running.first { $0.claim != nil })
        cluster.give(.ledger(.order(.release)), to: holder.index)
        cluster.run(for: .seconds(10))
        #expect(cluster.running.count { $0.claim != nil } == 3, "seed \(seed)")
        #expect(cluster.overlaps == [], "seed \(seed)")
    }

    @Test func `the same seed gives the same trace`() throws {
        let traces = try (0..<2).map { _ in try convergedCluster(nodes: 10, seed: 99).trace }
        #expect(traces[0] == traces[1])
    }

    @Test(arguments: seeds + [11_893_227_264_921_984_229])
    func `of live nodes with one VTEP MAC address all but one take another, and nobody else does`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 8, seed: seed)
        let before = cluster.running.map(\.backend)
        for index in [2, 5] { cluster.copyTunnelAddress(of: 3, to: index) }
        cluster.run(for: .seconds(10))
        let after = cluster.running.map(\.backend)
        #expect(Set(after).count == 8, "seed \(seed)")
        for index in [0, 1, 4, 6, 7] { #expect(after[index] == before[index], "seed \(seed)") }
        #expect([2, 3, 5].count { after[$0] == before[3] } == 1, "seed \(seed)")
        #expect(
            cluster.running.allSatisfy { node in
                zip(cluster.nodes, after).allSatisfy { other, backend in
                    node.gossip?.ledger?.table[other.identity.nodeID]?.record.backend == backend
                }
            }, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `an absent node with one's VTEP MAC address is no reason to take another`(seed: UInt64) throws {
        var cluster = try convergedCluster(nodes: 4, seed: seed)
        let indexes = [1, 2].sorted { cluster.nodes[$0].identity.nodeID < cluster.nodes[$1].identity.nodeID }
        let (gone, there) = (indexes[0], indexes[1])
        cluster.kill(gone)
        cluster.run(for: .seconds(30))
        cluster.copyTunnelAddress(of: gone, to: there)
        let kept = try #require(cluster.nodes[there].backend)
        cluster.run(for: .seconds(30))
        #expect(cluster.nodes[there].backend == kept, "seed \(seed)")
    }
}

extension SimulatedNode {
    /// How its tunnel is reached, by its own word.
    fileprivate var backend: BackendData? { gossip?.ledger?.own.backend }
}
