import Addressing
import Gossip
import LeaseLedger
import Simulation
import Testing

@Suite struct FullPoolTests {
    private func settings() throws -> NetworkSettings {
        let network = try IPv4Block(parsing: "10.244.0.0/18")
        return NetworkSettings(pool: try SubnetPool(network: network, subnetLength: 24, subnetMin: network.base))
    }

    private func exhausted(_ cluster: SimulatedCluster) -> Int {
        cluster.running.count { $0.gossip?.ledger?.phase == .exhausted }
    }

    private func held(_ cluster: SimulatedCluster) -> Int {
        Set(cluster.running.compactMap { $0.claim?.subnet }).count
    }

    /// The same with 300 nodes and 256 subnets takes minutes without optimisation: `make sim-quick` plays it.
    @Test(arguments: [1] as [UInt64])
    func `75 nodes that want 64 subnets hold 64, 11 are exhausted, and each release is taken within seconds`(
        seed: UInt64
    ) throws {
        var cluster = makeCluster(nodes: 75, seed: seed, settings: try settings())
        let isFull = cluster.run(for: .seconds(60), grain: .milliseconds(250)) {
            held($0) == 64 && exhausted($0) == 11
        }
        print("full at \(cluster.now): \(held(cluster)) held, \(exhausted(cluster)) exhausted, seed \(seed)")
        #expect(isFull, "seed \(seed)")
        #expect(cluster.overlaps == [], "seed \(seed)")
        for round in 1...5 {
            let holder = try #require(cluster.running.first { $0.claim != nil })
            let subnet = try #require(holder.claim?.subnet)
            let before = cluster.now
            cluster.give(.ledger(.order(.release)), to: holder.index)
            let isTaken = cluster.run(for: .seconds(5), grain: .milliseconds(50)) { cluster in
                cluster.running.contains { $0.claim?.subnet == subnet } && exhausted(cluster) == 11 - round
            }
            print("release \(round) taken after \((cluster.now - before).inSeconds) s")
            #expect(isTaken, "seed \(seed), release \(round)")
            #expect(held(cluster) == 64, "seed \(seed)")
        }
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `under pool pressure the claims of dead owners are taken back, and no more than are needed`(seed: UInt64)
        throws
    {
        var cluster = SimulatedCluster(seed: seed, settings: try testSettings("10.244.0.0/21"))
        for _ in 0..<9 { cluster.addNode() }
        for index in 0..<7 { cluster.start(index, seeds: [0, 1]) }
        #expect(cluster.run(for: .seconds(20)) { $0.isConverged }, "seed \(seed)")
        for index in 4..<7 { cluster.kill(index) }
        cluster.run(for: .seconds(20))
        for index in 7..<9 { cluster.start(index, seeds: [0, 1]) }
        cluster.run(for: .seconds(30))
        #expect(exhausted(cluster) == 2, "too early, seed \(seed)")
        #expect(cluster.run(for: .seconds(60)) { exhausted($0) == 0 }, "seed \(seed)")
        cluster.run(for: .seconds(100))
        // One of the three dead keeps its claim; the two others find theirs gone.
        for index in 4..<7 { cluster.start(index, seeds: [0, 1]) }
        cluster.run(for: .seconds(10))
        #expect(cluster.overlaps == [], "seed \(seed)")
        #expect(exhausted(cluster) == 2, "seed \(seed)")
        #expect(held(cluster) == 7, "seed \(seed)")
    }
}
