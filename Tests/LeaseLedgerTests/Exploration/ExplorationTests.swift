import Exploration
import Testing

/// Everything that can happen to a few ledgers, in the real code. Larger worlds: `check-ledger deep`.
@Suite struct ExplorationTests {
    @Test(arguments: Scenarios.quick)
    func `no order of gossip, crashes, restores, clones and revocations breaks a property`(scenario: Scenario) throws {
        let result = try Search.run(scenario)
        print(result.summary)
        #expect(result.faults.isEmpty, "\(result.report)")
        #expect(result.isComplete, "the search was cut off: nothing is proven")
        #expect(result.quiescentStates > 0)
    }

    @Test(arguments: Scenarios.mutants)
    func `the search finds each fault that is put in`(scenario: Scenario) throws {
        let result = try Search.run(scenario)
        print(result.summary)
        print(result.faults.keys.sorted().joined(separator: "\n"))
        #expect(!result.faults.isEmpty, "\(scenario.name) was not caught")
        #expect(result.counterexamples.values.allSatisfy { !$0.isEmpty })
    }

    @Test(arguments: Scenarios.mutants)
    func `without the fault the same worlds are sound`(scenario: Scenario) throws {
        var sound = scenario
        sound.mutant = nil
        let result = try Search.run(sound)
        #expect(result.faults.isEmpty, "\(result.report)")
    }
}

extension Scenario: CustomTestStringConvertible {
    public var testDescription: String { name }
}
