import LeaseLedger
import Simulation
import Testing

@testable import Gossip

/// Small clusters through every scenario; `make sim` runs larger ones.
@Suite struct SimulationTests {
    private func configuration(_ scenario: Scenario, nodes: Int, seed: UInt64) -> Experiment.Configuration {
        var configuration = Experiment.Configuration()
        configuration.scenario = scenario
        configuration.nodes = nodes
        configuration.seed = seed
        configuration.span = .seconds(20)
        return configuration
    }

    @Test(arguments: Scenario.allCases, [1, UInt64.random(in: 0..<1 << 32)])
    func `the invariants hold in every scenario, with loss and duplication`(scenario: Scenario, seed: UInt64) throws {
        var configuration = configuration(scenario, nodes: 8, seed: seed)
        configuration.loss = 0.05
        configuration.duplication = 0.02
        var experiment = try Experiment(configuration)
        let report = experiment.run()
        #expect(report.violations == [], "\(report.command)")
    }

    @Test func `the same seed gives the same trace, another seed another`() throws {
        let traces = try ([7, 7, 8] as [UInt64]).map { seed in
            var experiment = try Experiment(configuration(.churn, nodes: 6, seed: seed))
            return experiment.run().trace
        }
        #expect(traces[0] == traces[1])
        #expect(traces[0] != traces[2])
    }

    @Test func `a change reaches everybody, and its times are measured`() throws {
        var experiment = try Experiment(configuration(.change, nodes: 16, seed: 3))
        let report = experiment.run()
        #expect(report.violations == [])
        #expect(try #require(report.changeToAll).count >= 150)
        #expect(try #require(report.changeToAll).p99 < 2)
    }

    @Test(arguments: [1, UInt64.random(in: 0 ... .max)])
    func `a process that was stopped accuses nobody when it goes on`(seed: UInt64) throws {
        var cluster = makeCluster(nodes: 12, seed: seed, settings: try testSettings())
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged }, "seed \(seed)")
        cluster.run(for: .seconds(5))
        for _ in 0..<5 {
            let before = cluster.nodes[4].events.count
            cluster.pause(4, for: .seconds(6))
            cluster.run(for: .seconds(16))
            let verdicts = cluster.nodes[4].events[before...].filter {
                if case .liveness(_, .unreachable) = $0.event { true } else { false }
            }
            #expect(verdicts.isEmpty, "seed \(seed)")
        }
        #expect(cluster.nodes[4].gossip?.counters.oversleeps == 5, "seed \(seed)")
    }

    @Test(arguments: [1, UInt64.random(in: 0 ... .max)])
    func `a joiner reads the table without flooding anybody`(seed: UInt64) throws {
        var cluster = makeCluster(nodes: 40, seed: seed, settings: try testSettings())
        #expect(cluster.run(for: .seconds(60)) { $0.isConverged }, "seed \(seed)")
        cluster.run(for: .seconds(10))
        let joiner = cluster.addNode()
        cluster.start(joiner, seeds: [0, 1, 2])
        #expect(cluster.run(for: .seconds(20)) { $0.isConverged }, "seed \(seed)")
        // Its own record in three versions is news; those of the others are not.
        #expect(cluster.nodes[joiner].datagramsSent < 200, "seed \(seed): \(cluster.nodes[joiner].datagramsSent)")
    }
}
