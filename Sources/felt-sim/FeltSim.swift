internal import Addressing
import ArgumentParser
internal import Gossip
internal import LeaseLedger
internal import Simulation

/// Runs the daemon's own state machines by the thousand on virtual time.
@main struct FeltSim: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "felt-sim", abstract: "Simulate a Felt cluster on virtual time.", subcommands: [Run.self])
}

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a scenario and print what it measured.",
        discussion: "Example: felt-sim run --nodes 64 --seed 7 --loss 0.05 --scenario partition")

    @Option(help: "How many nodes.") var nodes = 64
    @Option(help: "The seed; the same one gives the same trace.") var seed: UInt64 = 1
    @Option(help: "The share of datagrams lost, 0 to 1.") var loss = 0.0
    @Option(help: "join, kill, partition, restart, idle or change.") var scenario = "join"

    func run() throws {
        let settings = NetworkSettings(pool: try SubnetPool(network: try IPv4Block(parsing: "10.0.0.0/8")))
        var cluster = SimulatedCluster(seed: seed, settings: settings)
        cluster.network.loss = loss
        for _ in 0..<nodes { cluster.addNode() }
        for index in 0..<nodes { cluster.start(index, seeds: Array(0..<min(3, nodes))) }
        let joined = cluster.run(for: .seconds(120)) { $0.isConverged }
        report("join", joined, cluster)
        try play(&cluster)
        print("trace \(String(cluster.trace, radix: 16))")
        if !cluster.overlaps.isEmpty { print("OVERLAPS \(cluster.overlaps)") }
    }

    private func play(_ cluster: inout SimulatedCluster) throws {
        cluster.run(for: .seconds(10))
        let start = cluster.now
        let (datagrams, bytes) = (cluster.datagrams, cluster.bytes)
        switch scenario {
        case "join": return
        case "idle":
            cluster.run(for: .seconds(60))
            let perNode = Double(60 * nodes)
            print("packets/s \(Double(cluster.datagrams - datagrams) / perNode)")
            print("bytes/s \(Double(cluster.bytes - bytes) / perNode)")
            print("false failures \(cluster.falseFailures(since: start))")
        case "kill":
            let victim = nodes - 1
            let victimID = cluster.nodes[victim].identity.nodeID
            cluster.kill(victim)
            let found = cluster.run(for: .seconds(60)) { cluster in
                cluster.running.allSatisfy { $0.gossip?.members[victimID]?.liveness == .unreachable }
            }
            print("kill: \(found) after \(cluster.now - start), false failures \(cluster.falseFailures(since: start))")
        case "partition":
            let half = nodes / 2
            cluster.network.isConnected = { ($0 < half) == ($1 < half) }
            cluster.run(for: .seconds(60))
            cluster.network.isConnected = { _, _ in true }
            let healed = cluster.now
            let whole = cluster.run(for: .seconds(120)) { $0.isConverged }
            print("healed: \(whole) after \(cluster.now - healed)")
        case "restart":
            cluster.kill(1)
            cluster.run(for: .seconds(20))
            let restarted = cluster.now
            cluster.start(1, seeds: [])
            let whole = cluster.run(for: .seconds(60)) { $0.isConverged }
            print("restarted: \(whole) after \(cluster.now - restarted)")
        case "change":
            let node = cluster.nodes[0]
            var endpoint = node.endpoint
            endpoint.port = 9_000
            cluster.move(0, to: endpoint)
            let spread = cluster.run(for: .seconds(30), grain: .milliseconds(1)) { $0.haveEqualTables }
            print("change: \(spread) after \(cluster.now - start)")
        default: throw ValidationError("unknown scenario \(scenario)")
        }
    }

    private func report(_ name: String, _ held: Bool, _ cluster: SimulatedCluster) {
        print("\(name): \(held) at \(cluster.now), datagrams/node \(cluster.datagrams / nodes)")
    }
}
