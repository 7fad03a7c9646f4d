internal import ArgumentParser
internal import CLinux
internal import Glibc

/// Measures the data plane in a network namespace of its own: what is compared is measured in the same run, in turns.
@main struct BenchDataplane: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-dataplane",
        abstract: "Measure Felt's data plane against ip, bridge and bare C, in one run.",
        discussion: "Needs root. Parts: entries, start, repair, idle, throughput; all of them when none is named.")

    @Argument(help: "The parts to measure.") var parts: [Part] = []
    @Option(help: "How often each is measured; the median counts.") var rounds = 5
    @Option(help: "How many peers the entries are measured with.") var peers = [1_000, 10_000]
    @Option(help: "The feltd to measure.") var feltd = ".build/release/feltd"
    @Option(help: "The bare C program, built from bare.c.") var bare = ".build/bench/bare"
    @Option(help: "Also write the figures to this file, as JSON.") var json: String?
    @Flag(help: "Take turns with whatever else the machine does, instead of going before it.") var ordinary = false

    enum Part: String, CaseIterable, ExpressibleByArgument {
        case entries, start, repair, idle, throughput
    }

    func run() throws {
        let wanted = parts.isEmpty ? Part.allCases : parts
        let programs = Programs(feltd: try absolute(feltd), bare: try absolute(bare))
        if !ordinary { try goFirst() }
        guard clinux_unshare_network_namespace() == 0 else { throw BenchFailure(call: "unshare", code: errno) }
        let scene = try Scene()
        defer { scene.remove() }
        var report = Report()
        for part in Part.allCases where wanted.contains(part) {
            switch part {
            case .entries:
                try EntriesBenchmark(scene: scene, programs: programs, rounds: rounds, sizes: peers).run(&report)
            case .start: try StartBenchmark(scene: scene, programs: programs, rounds: rounds).run(&report)
            case .repair: try RepairBenchmark(scene: scene, programs: programs, rounds: rounds).run(&report)
            case .idle: try IdleBenchmark(scene: scene, programs: programs).run(&report)
            case .throughput: try ThroughputBenchmark(scene: scene, programs: programs, rounds: rounds).run(&report)
            }
        }
        if let json { try report.json.write(toPath: json) }
        print(report.missed == 0 ? "All within reach." : "\(report.missed) not within reach.")
    }

    private func absolute(_ path: String) throws -> String {
        guard let resolved = realpath(path, nil) else {
            throw BenchFailure("\(path) is not there: run `make bench-dataplane`, which builds it")
        }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Real-time priority, for this process and all that it starts: both sides of each comparison have it.
    private func goFirst() throws {
        var parameters = sched_param(sched_priority: 10)
        guard sched_setscheduler(0, SCHED_FIFO, &parameters) == 0 else {
            throw BenchFailure(call: "sched_setscheduler", code: errno)
        }
    }
}

/// The programs under test.
struct Programs {
    let feltd: String
    let bare: String
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(call: String, code: Int32) { description = "\(call): \(String(cString: strerror(code)))" }
}
