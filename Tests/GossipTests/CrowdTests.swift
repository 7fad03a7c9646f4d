import Addressing
import LeaseLedger
import Simulation
import Testing

@testable import Gossip

@Suite struct CrowdTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `where all start at once, each piece of news is told few times, and everybody learns all of it`(seed: UInt64)
        throws
    {
        var cluster = makeCluster(nodes: 48, seed: seed, settings: try testSettings())
        let converged = cluster.run(for: .seconds(10)) { $0.isConverged }
        print("seed \(seed): \(cluster.datagrams / 48) datagrams a node, converged at \(cluster.now)")
        #expect(converged, "seed \(seed)")
        // A telling to four and eight repetitions of each of a node's two records would be some 290.
        #expect(cluster.datagrams / 48 < 200, "seed \(seed)")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `a claim whose acknowledgements are lost is shown again, and confirmed before its time is over`(seed: UInt64)
        throws
    {
        var cluster = makeCluster(nodes: 5, seed: seed, settings: try testSettings())
        #expect(cluster.run(for: .seconds(20)) { $0.isConverged }, "seed \(seed)")
        let joiner = cluster.addNode()
        cluster.start(joiner, seeds: [0])
        // Finer than the network's latency, and from whichever node learns of it first: no acknowledgement is back yet.
        let claimed = cluster.run(for: .seconds(5), grain: .microseconds(50)) { cluster in
            cluster.nodes[..<joiner].contains {
                $0.gossip?.ledger?.table[cluster.nodes[joiner].identity.nodeID]?.claim != nil
            }
        }
        #expect(claimed, "seed \(seed)")
        cluster.network.isConnected = { _, destination in destination != joiner }
        cluster.run(for: .milliseconds(100))
        cluster.network.mend()
        #expect(cluster.nodes[joiner].claim?.claimClass ?? .tentative == .tentative, "seed \(seed)")
        let patience = try #require(cluster.nodes[joiner].gossip?.ledger?.floodingTime) * 2 - .milliseconds(200)
        #expect(cluster.run(for: patience) { $0.nodes[joiner].claim?.claimClass == .confirmed }, "seed \(seed)")
    }

    @Test func `news that comes slowly is no crowd, news that comes at once is one until it has leaked away`() {
        var pressure = NewsPressure()
        var now = Instant.zero
        for _ in 0..<100 {
            now = now + .milliseconds(50)
            pressure.pieceCame(now)
        }
        #expect(!pressure.isCrowd)
        #expect(pressure.share == 1)
        for _ in 0..<96 { pressure.pieceCame(now) }
        #expect(pressure.isCrowd)
        #expect(pressure.share <= 0.25)
        pressure.pass(now + .seconds(4))
        #expect(!pressure.isCrowd)
    }
}
