internal import Addressing
internal import LeaseLedger

/// What was found broken, and what is remembered in order to find it.
package struct Invariants {
    /// A yield of one claim to another.
    struct Yield: Hashable {
        let loser: NodeID
        let winner: NodeID
        let subnet: IPv4Block
    }

    package private(set) var violations: [String] = []
    /// Verdicts of `unreachable` on healthy nodes, each node at one incarnation counted once.
    package private(set) var falseFailures: Set<String> = []
    /// The same, each observer's verdict counted.
    package private(set) var falseVerdicts = 0
    package private(set) var suspicionsOfHealthy = 0
    package private(set) var yields = 0
    var epochs: [Yield: (loser: UInt64, winner: UInt64)] = [:]
    var spoken: [NodeID: RecordVersion] = [:]

    static let mostReported = 20

    mutating func broken(_ what: String, at now: Instant) {
        if violations.count < Self.mostReported { violations.append("\(now): \(what)") }
    }

    mutating func falseFailure(of nodeID: NodeID, incarnation: UInt64) {
        falseVerdicts += 1
        falseFailures.insert("\(nodeID.short)/\(incarnation)")
    }

    mutating func suspectedHealthy() { suspicionsOfHealthy += 1 }

    /// S3: of a conflicting pair at most one yields.
    mutating func yielded(_ yield: Yield, loserEpoch: UInt64, winnerEpoch: UInt64, at now: Instant) {
        yields += 1
        let reverse = Yield(loser: yield.winner, winner: yield.loser, subnet: yield.subnet)
        if let earlier = epochs[reverse], earlier.loser == winnerEpoch, earlier.winner == loserEpoch {
            broken("S3: \(yield.loser.short) and \(yield.winner.short) both yielded \(yield.subnet)", at: now)
        }
        epochs[yield] = (loserEpoch, winnerEpoch)
    }
}
