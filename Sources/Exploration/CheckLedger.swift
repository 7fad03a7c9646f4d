/// Searches the scenarios and prints what was seen: `check-ledger [quick|deep] [PART OF A NAME] [MOST STATES]`.
@main struct CheckLedger {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst()
        let isDeep = arguments.first == "deep"
        if isDeep || arguments.first == "quick" { arguments.removeFirst() }
        let part = arguments.popFirst() ?? ""
        let limit = arguments.popFirst().flatMap { Int($0) }
        for var scenario in isDeep ? Scenarios.deep : Scenarios.quick where scenario.name.contains(part) {
            if let limit { scenario.mostStates = limit }
            let result = try Search.run(scenario)
            print(result.summary)
            if !result.faults.isEmpty { print(result.report) }
            if let trace = result.firstUnnecessaryYield {
                print("first unnecessary yield:\n  " + trace.joined(separator: "\n  "))
            }
        }
    }
}
