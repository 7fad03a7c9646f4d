/// What a search has seen.
package struct SearchResult: Sendable {
    package let scenario: Scenario
    package internal(set) var states = 0
    package internal(set) var transitions = 0
    /// States in which nothing is bound to happen any more.
    package internal(set) var quiescentStates = 0
    /// Different states of one ledger, and steps that the real code made.
    package internal(set) var processes = 0
    package internal(set) var steps = 0
    package internal(set) var depth = 0
    /// False: cut off at the scenario's limit.
    package internal(set) var isComplete = true
    /// The most deliveries, commits and time-outs from any state until nothing is bound to happen.
    package internal(set) var longestWayToRest: Int?
    package internal(set) var yields = 0
    /// Yields to a claim that its owner had given up already, where no other preceded.
    package internal(set) var unnecessaryYields = 0
    package internal(set) var newIdentities = 0
    /// Broken properties, and how often.
    package internal(set) var faults: [String: Int] = [:]
    /// The shortest way to each.
    package internal(set) var counterexamples: [String: [String]] = [:]
    package internal(set) var firstUnnecessaryYield: [String]?

    /// A way to the last state of a search that was cut off: one that goes on and on shows here.
    package internal(set) var deepest: [String] = []

    init(scenario: Scenario) { self.scenario = scenario }

    /// One line of numbers.
    package var summary: String {
        let end = isComplete ? "all" : "cut off"
        let rest = longestWayToRest.map { ", rest within \($0) steps" } ?? ""
        return """
            \(scenario.name): \(states) states (\(end)), \(transitions) transitions, \(quiescentStates) at rest, \
            \(processes) ledgers, \(steps) ledger steps, depth \(depth)\(rest), \(yields) yields \
            (\(unnecessaryYields) unnecessary), \(newIdentities) new identities, \
            \(faults.isEmpty ? "no fault" : "\(faults.values.reduce(0, +)) FAULTS")
            """
    }

    /// The broken properties, each with its shortest trace.
    package var report: String {
        faults.keys.sorted().map { fault in
            let trace = (counterexamples[fault] ?? []).enumerated().map { "  \($0 + 1). \($1)" }
            return "\(fault) (\(faults[fault] ?? 0) times)\n" + trace.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}

/// What one action brought with it.
struct Incident {
    var faults: [String] = []
    var events: [LeaseEventLine] = []
    var yields = 0
    var unnecessaryYields = 0
    var newIdentities = 0
}
