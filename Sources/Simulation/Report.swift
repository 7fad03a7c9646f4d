internal import LeaseLedger

/// What an experiment has measured. Times are virtual, in seconds.
package struct Report: Encodable, Sendable {
    /// How a measure is distributed.
    package struct Measure: Encodable, Sendable {
        package let count: Int
        package let median: Double
        package let p99: Double
        package let worst: Double

        init?(_ values: [Double]) {
            guard !values.isEmpty else { return nil }
            let sorted = values.sorted()
            count = sorted.count
            median = sorted[(sorted.count - 1) / 2]
            p99 = sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
            worst = sorted[sorted.count - 1]
        }
    }

    /// What a node sends, IP and UDP headers and sealing included, while the scenario plays.
    package struct Load: Encodable, Sendable {
        package let seconds: Double
        package let packetsPerSecond: Double
        package let bytesPerSecond: Double
        package let busiestBytesPerSecond: Double

        init(_ cluster: SimulatedCluster, since: Instant, before: [(datagrams: Int, bytes: Int)]) {
            seconds = max((cluster.now - since).inSeconds, 1e-9)
            var (datagrams, bytes, most) = (0, 0, 0)
            for node in cluster.nodes {
                let earlier = node.index < before.count ? before[node.index] : (0, 0)
                datagrams += node.datagramsSent - earlier.0
                bytes += node.bytesSent - earlier.1
                most = max(most, node.bytesSent - earlier.1)
            }
            let nodeSeconds = seconds * Double(cluster.nodes.count)
            packetsPerSecond = Double(datagrams) / nodeSeconds
            bytesPerSecond = Double(bytes) / nodeSeconds
            busiestBytesPerSecond = Double(most) / seconds
        }
    }

    package let scenario: String
    package let nodes: Int
    package let seed: UInt64
    package let loss: Double
    package let virtualSeconds: Double
    /// A hash of everything delivered; the same command gives the same.
    package let trace: String
    package let join: Measure?
    /// Datagrams that a node sent until all had joined.
    package let joinPackets: Double?
    /// Until all is well again after what the scenario did.
    package let healing: Measure?
    /// Of each change, until all have it; and of each change and node.
    package let changeToAll: Measure?
    package let changeToOne: Measure?
    package let firstSuspicion: Measure?
    package let detection: Measure?
    /// Healthy nodes declared failed, and in how many observers' eyes.
    package let falseFailures: Int
    package let falseVerdicts: Int
    package let falseSuspicions: Int
    package let nodeHours: Double
    package let yields: Int
    package let load: Load
    package let violations: [String]
    /// What reproduces the run.
    package let command: String

    init(_ experiment: Experiment, _ load: Load) {
        let (configuration, cluster) = (experiment.configuration, experiment.cluster)
        scenario = configuration.scenario.rawValue
        nodes = configuration.nodes
        seed = configuration.seed
        loss = configuration.loss
        virtualSeconds = cluster.now.inSeconds
        trace = String(cluster.trace, radix: 16)
        join = Measure(experiment.joins)
        joinPackets = experiment.joinPackets
        healing = Measure(experiment.heals)
        changeToAll = Measure(cluster.spread.changes)
        changeToOne = Measure(cluster.spread.arrivals)
        firstSuspicion = Measure(cluster.spread.firstSuspicions)
        detection = Measure(cluster.spread.detections)
        falseFailures = cluster.invariants.falseFailures.count
        falseVerdicts = cluster.invariants.falseVerdicts
        falseSuspicions = cluster.invariants.suspicionsOfHealthy
        nodeHours = load.seconds * Double(cluster.nodes.count) / 3_600
        yields = cluster.invariants.yields
        self.load = load
        violations = cluster.invariants.violations
        command = configuration.command
    }
}

extension Experiment.Configuration {
    /// The command line that runs this experiment.
    package var command: String {
        let (least, most) = (latency.lowerBound.inMilliseconds, latency.upperBound.inMilliseconds)
        return "felt-sim run --scenario \(scenario.rawValue) --nodes \(nodes) --seed \(seed) --loss \(loss)"
            + (duplication > 0 ? " --duplication \(duplication)" : "")
            + " --latency \(least)-\(most) --minutes \(span.inSeconds / 60)" + (pauses ? " --pauses" : "")
            + (cut != 0.5 ? " --cut \(cut)" : "")
    }
}
