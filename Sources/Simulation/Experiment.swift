internal import Addressing
internal import Gossip
internal import LeaseLedger

/// A cluster, a scenario and what is measured.
package struct Experiment {
    package struct Configuration: Sendable {
        package var scenario = Scenario.join
        package var nodes = 64
        package var seed: UInt64 = 1
        package var loss = 0.0
        package var duplication = 0.0
        package var latency: ClosedRange<Duration> = .microseconds(200) ... .microseconds(800)
        /// Virtual time of the scenario, beside what the beginning and the end need.
        package var span = Duration.seconds(60)
        /// Whether one node of ten is stopped for seconds at a time, beside what the scenario does.
        package var pauses = false
        /// The share of the nodes that a partition cuts off from the others.
        package var cut = 0.5

        package init() {}

        /// Whether it begins with a cluster that has been running. Thousands that join at once are an experiment of their
        /// own, and share nothing of their tables.
        var beginsSettled: Bool { scenario.beginsSettled || (scenario == .churn && nodes > 256) }
    }

    package let configuration: Configuration
    package internal(set) var cluster: SimulatedCluster
    var random: SplitMix64
    /// In seconds.
    var joins: [Double] = []
    var heals: [Double] = []
    /// Datagrams that a node sent until all had joined.
    var joinPackets: Double?
    private var nextPause = Instant.zero

    package init(_ configuration: Configuration) throws {
        self.configuration = configuration
        let nodes = max(configuration.nodes, 1)
        let network = configuration.scenario == .fullPool ? Self.tightNetwork(for: nodes) : "10.0.0.0/8"
        let settings = NetworkSettings(pool: try SubnetPool(network: IPv4Block(parsing: network), subnetLength: 24))
        cluster = SimulatedCluster(seed: configuration.seed, settings: settings)
        cluster.keepsEvents = false
        cluster.network.loss = configuration.loss
        cluster.network.duplication = configuration.duplication
        cluster.network.latency = configuration.latency
        random = SplitMix64(seed: Mixing.mix(configuration.seed))
        for _ in 0..<nodes { cluster.addNode() }
    }

    /// A network of /24 for at most three quarters of the nodes.
    private static func tightNetwork(for nodes: Int) -> String {
        var length = 22
        while length > 8, 1 << (24 - length + 1) <= nodes * 3 / 4 + 1 { length -= 1 }
        return "10.0.0.0/\(length)"
    }

    var seeds: [Int] { Array(0..<min(3, configuration.nodes)) }

    package mutating func run() -> Report {
        begin()
        cluster.judgedFrom = cluster.now
        cluster.spread.audience = cluster.nodes.count(where: \.isRunning) - 1
        let began = (time: cluster.now, nodes: cluster.nodes.map { ($0.datagramsSent, $0.bytesSent) })
        play()
        let load = Report.Load(cluster, since: began.time, before: began.nodes)
        end()
        return Report(self, load)
    }

    private mutating func begin() {
        guard !configuration.beginsSettled else {
            cluster.startSettled()
            cluster.run(for: .seconds(2))
            return
        }
        for index in cluster.nodes.indices { cluster.start(index, seeds: seeds) }
        let isFull = configuration.scenario == .fullPool
        let joined = cluster.run(for: .seconds(120), grain: .milliseconds(20)) {
            isFull ? $0.haveEqualTables && $0.seesAllAlive : $0.isConverged
        }
        if joined {
            joins.append(cluster.now.inSeconds)
            joinPackets = Double(cluster.datagrams) / Double(cluster.nodes.count)
        } else {
            cluster.invariants.broken("C1: no convergence after the start", at: cluster.now)
        }
        if configuration.scenario != .join { cluster.run(for: .seconds(5)) }
    }

    /// Lets all faults end and the cluster come to rest, and looks at what must hold then.
    private mutating func end() {
        cluster.network.mend()
        cluster.network.loss = min(cluster.network.loss, 0.05)
        for index in cluster.nodes.indices where !cluster.nodes[index].isRunning {
            cluster.start(index, seeds: seeds)
        }
        let isFull = configuration.scenario == .fullPool
        let rested = cluster.run(for: .seconds(120), grain: .milliseconds(50)) {
            $0.haveEqualTables && $0.seesAllAlive && (isFull || $0.allHold) && $0.overlaps.isEmpty
        }
        if !rested { cluster.invariants.broken("C1: the cluster does not come to rest", at: cluster.now) }
        if cluster.spread.unfinished > 0, rested, configuration.scenario == .change {
            cluster.invariants.broken("a change has not reached everybody", at: cluster.now)
        }
        cluster.checkQuiescence()
    }

    /// Runs for a while, pausing some nodes if the configuration says so.
    mutating func pass(_ span: Duration) {
        guard configuration.pauses || configuration.scenario == .pause else {
            cluster.run(for: span)
            return
        }
        let end = cluster.now + span
        while cluster.now < end {
            pauseSome()
            cluster.run(for: min(.milliseconds(500), end - cluster.now))
        }
    }

    /// Stops each tenth node for one to eight seconds, and lets it run for as long.
    private mutating func pauseSome() {
        for index in stride(from: 9, to: cluster.nodes.count, by: 10)
        where cluster.nodes[index].isRunning && !cluster.isPaused(index) {
            cluster.expectFailure(of: index)
            guard Int.random(in: 0..<9, using: &random) == 0 else { continue }
            cluster.pause(index, for: .milliseconds(Int.random(in: 1_000...8_000, using: &random)))
        }
    }

    /// Waits for a condition. If it does not come about, that is a violation.
    mutating func expect(
        _ what: String, within limit: Duration, grain: Duration = .milliseconds(10),
        _ condition: @escaping (SimulatedCluster) -> Bool
    ) -> Double? {
        let began = cluster.now
        guard cluster.run(for: limit, grain: grain, until: condition) else {
            cluster.invariants.broken("C1: \(what): not within \(limit)", at: cluster.now)
            return nil
        }
        return (cluster.now - began).inSeconds
    }
}

extension Instant {
    var inSeconds: Double { (self - .zero).inSeconds }
}
