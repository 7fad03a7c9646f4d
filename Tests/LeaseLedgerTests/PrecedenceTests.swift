import Addressing
import Testing

@testable import LeaseLedger

@Suite struct PrecedenceTests {
    private func claimant(_ random: inout SplitMix) throws -> Claimant {
        let subnet = try IPv4Block(parsing: "10.244.1.0/24")
        let claim = Claim(
            subnet: subnet, claimClass: ClaimClass.allCases.randomElement(using: &random) ?? .tentative,
            tenure: UInt8.random(in: 0...3, using: &random), epoch: UInt64.random(in: 1...3, using: &random))
        return Claimant(nodeID: NodeID(bits: UInt128(UInt8.random(in: 0...3, using: &random))), claim: claim)
    }

    struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 1
            return Mixing.mix(state)
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `of two different claimants exactly one precedes, and precedence is transitive`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        for _ in 0..<5_000 {
            let (a, b, c) = (try claimant(&random), try claimant(&random), try claimant(&random))
            if a.nodeID != b.nodeID { #expect(a.precedes(b).wins != b.precedes(a).wins, "seed \(seed)") }
            if a.nodeID != b.nodeID, b.nodeID != c.nodeID, a.nodeID != c.nodeID, a.precedes(b).wins, b.precedes(c).wins
            {
                #expect(a.precedes(c).wins, "seed \(seed)")
            }
        }
    }

    /// Found by the search: each heard the other's claims one round late, and both yielded for ever.
    @Test func `below confirmed the epoch does not count, so late news cannot make both sides yield for ever`() throws {
        let subnet = try IPv4Block(parsing: "10.244.1.0/24")
        for claimClass in ClaimClass.allCases {
            let late = Claimant(
                nodeID: NodeID(bits: 1), claim: Claim(subnet: subnet, claimClass: claimClass, epoch: 9))
            let early = Claimant(
                nodeID: NodeID(bits: 2), claim: Claim(subnet: subnet, claimClass: claimClass, epoch: 8))
            #expect(late.precedes(early).wins == (claimClass < .confirmed))
            #expect(early.precedes(late).wins == (claimClass >= .confirmed))
        }
    }
}
