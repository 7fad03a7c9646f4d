import Addressing
import Gossip
import LeaseLedger
import Simulation
import Testing

func testSettings(_ network: String = "10.244.0.0/16", subnetLength: Int = 24) throws -> NetworkSettings {
    NetworkSettings(pool: try SubnetPool(network: IPv4Block(parsing: network), subnetLength: subnetLength))
}

func makeCluster(nodes: Int, seed: UInt64, settings: NetworkSettings, allSeeds: Bool = true) -> SimulatedCluster {
    var cluster = SimulatedCluster(seed: seed, settings: settings)
    for _ in 0..<nodes { cluster.addNode() }
    for index in 0..<nodes { cluster.start(index, seeds: allSeeds ? Array(0..<min(nodes, 3)) : [0]) }
    return cluster
}

@Suite struct ConvergenceTests {
    @Test(arguments: [1, 2, 3, 8, 32], [1, 2, 3] as [UInt64])
    func `nodes that start at once converge on different subnets`(nodes: Int, seed: UInt64) throws {
        var cluster = makeCluster(nodes: nodes, seed: seed, settings: try testSettings())
        let converged = cluster.run(for: .seconds(30)) { $0.isConverged }
        print("nodes \(nodes) seed \(seed): converged at \(cluster.now), \(cluster.datagrams) datagrams")
        #expect(converged, "seed \(seed)")
        #expect(cluster.overlaps == [])
    }
}
