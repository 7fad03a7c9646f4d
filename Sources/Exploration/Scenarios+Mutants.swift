extension Scenarios {
    /// Small worlds, each with a fault.
    package static let mutants: [Scenario] = Mutant.allCases.map { mutant in
        Scenario("mutant \(mutant.rawValue)") {
            $0.mutant = mutant
            $0.subnets = 1
            $0.haste = 1
            $0.mostStates = 60_000
            switch mutant {
            case .sameRunNonce: $0.clones = 1
            case .deafToOwnRecords:
                $0.crashes = 1
                $0.restores = 1
            case .symmetricTie: break
            case .spokenBeforeDurable:
                $0.slowDisks = true
                $0.crashes = 1
            case .deafToRevocations: $0.revocations = 1
            case .revocationsDroppedEarly:
                $0.revocations = 1
                $0.revocationsFade = true
            case .revocationsDroppedByOldRecords:
                $0.revocations = 1
                $0.revocationsFade = true
                $0.crashes = 1
                $0.haste = 0
                $0.startTogether = true
                $0.promptLiveness = true
            }
        }
    }
}
