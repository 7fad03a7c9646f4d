/// Searches the scenarios and prints what was seen: `check-ledger [quick|deep|mutants] [PART OF A NAME] [MOST STATES]`.
@main struct CheckLedger {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        let sets = ["quick": Scenarios.quick, "deep": Scenarios.deep, "mutants": Scenarios.mutants]
        let chosen = arguments.first.flatMap { sets[$0] }
        if chosen != nil { arguments.removeFirst() }
        let part = arguments.popFirst() ?? ""
        let limit = arguments.popFirst().flatMap { Int($0) }
        for var scenario in chosen ?? Scenarios.quick where scenario.name.contains(part) {
            if let limit { scenario.mostStates = limit }
            let result = try Search.run(scenario)
            print(result.summary)
            if !result.faults.isEmpty { print(result.report) }
            if !result.isComplete { print("the way to the last state:\n  " + result.deepest.joined(separator: "\n  ")) }
            if let trace = result.firstUnnecessaryYield {
                print("first unnecessary yield:\n  " + trace.joined(separator: "\n  "))
            }
        }
    }
}
