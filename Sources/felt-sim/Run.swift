import ArgumentParser
internal import FoundationEssentials
internal import Simulation

/// Plays a scenario and prints what it measured.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a scenario and print what it measured; exit 5 if an invariant did not hold.",
        discussion: "Example: felt-sim run --scenario partition --nodes 64 --seed 7 --loss 0.05")

    enum Output: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "One of: \(Scenario.allCases.map(\.rawValue).joined(separator: ", ")).") var scenario = "join"
    @Option(help: "How many nodes.") var nodes = 64
    @Option(help: "The seed; the same one gives the same trace.") var seed: UInt64 = 1
    @Option(help: "The share of datagrams lost, 0 to 1.") var loss = 0.0
    @Option(help: "The share of datagrams that arrive twice, 0 to 1.") var duplication = 0.0
    @Option(help: "One way, in milliseconds: MIN-MAX, or MEAN/JITTER.") var latency = "0.2-0.8"
    @Option(help: "Virtual minutes of the scenario.") var minutes = 1.0
    @Flag(help: "Stop one node of ten for seconds at a time, whatever else happens.") var pauses = false
    @Option(help: "The share of the nodes that a partition cuts off, 0 to 1.") var cut = 0.5
    @Option(name: [.customShort("o"), .customLong("output")], help: "table or json.") var output = Output.table

    func run() throws {
        var experiment = try Experiment(configuration())
        let report = experiment.run()
        switch output {
        case .table: print(ReportTable(report).text)
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        }
        if !report.violations.isEmpty { throw ExitCode(5) }
    }

    private func configuration() throws -> Experiment.Configuration {
        var configuration = Experiment.Configuration()
        guard let scenario = Scenario(rawValue: scenario) else {
            let known = Scenario.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("unknown scenario \(scenario); one of \(known)")
        }
        guard (1...50_000).contains(nodes) else { throw ValidationError("--nodes must be from 1 to 50,000") }
        guard (0..<1).contains(loss), (0..<1).contains(duplication) else {
            throw ValidationError("--loss and --duplication must be at least 0 and below 1")
        }
        guard cut > 0, cut < 1 else { throw ValidationError("--cut must be above 0 and below 1") }
        guard minutes > 0, minutes <= 10_000 else { throw ValidationError("--minutes must be above 0") }
        configuration.scenario = scenario
        configuration.nodes = nodes
        configuration.seed = seed
        configuration.loss = loss
        configuration.duplication = duplication
        configuration.latency = try latencyRange()
        configuration.span = .milliseconds(Int64(minutes * 60_000))
        configuration.pauses = pauses
        configuration.cut = cut
        return configuration
    }

    private var malformedLatency: ValidationError {
        ValidationError("--latency \(latency): write MIN-MAX or MEAN/JITTER in milliseconds, as 0.2-0.8")
    }

    private func latencyRange() throws -> ClosedRange<Duration> {
        let isRange = latency.contains("-")
        let parts = latency.split(separator: isRange ? "-" : "/").compactMap { Double($0) }
        guard parts.count == 2, let first = parts.first, let second = parts.last else { throw malformedLatency }
        let (least, most) = isRange ? (first, second) : (first - second, first + second)
        guard least >= 0, least <= most, most <= 60_000 else {
            throw malformedLatency
        }
        return .microseconds(Int64(least * 1_000)) ... .microseconds(Int64(most * 1_000))
    }
}
