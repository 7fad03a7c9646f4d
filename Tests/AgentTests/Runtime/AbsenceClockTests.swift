import LeaseLedger
import LeaseStore
import Testing

@testable import Agent

@Suite struct AbsenceClockTests {
    private static func instant(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

    @Test func `the longest absent stays so over restarts and reboots, through the store`() throws {
        let scratch = try Scratch()
        var random = TestRandom(state: UInt64.random(in: .min ... .max))
        let seed = random.state
        // Each run begins anywhere on its boot clock and loses some peers; the next one knows no more than the store.
        var number: UInt64 = 10
        var lost: [NodeID] = []
        for _ in 0..<6 {
            let store = try LeaseStore(stateDirectory: scratch.path)
            let start = Self.instant(Int64.random(in: 1..<100_000, using: &random))
            let clock = AbsenceClock(startingAt: start, after: try store.load().peers)
            var now = start
            for _ in 0..<3 {
                now = now + .seconds(Int64.random(in: 1..<10_000, using: &random))
                let record = try StoreSample.record(number)
                number += 1
                lost.append(record.nodeID)
                try store.writePeers(upserts: [
                    StoredPeer(record: record, unreachableSeconds: clock.reading(at: now))
                ])
            }
        }
        let peers = try LeaseStore(stateDirectory: scratch.path).load().peers
        let clock = AbsenceClock(startingAt: Self.instant(7), after: peers)
        let ages = peers.compactMap { peer in clock.absence(of: peer).map { (peer.record.nodeID, $0) } }
        #expect(ages.sorted { $0.1 > $1.1 }.map(\.0) == lost, "seed \(seed)")
        #expect(ages.allSatisfy { $0.1 > .zero }, "seed \(seed)")
    }

    @Test func `an absence of an earlier run is written again as it was read`() throws {
        let record = try StoreSample.record(2)
        let peers = [
            StoredPeer(record: record, unreachableSeconds: 500),
            StoredPeer(record: try StoreSample.record(3), unreachableSeconds: 900),
        ]
        let start = Instant(nanoseconds: 3_500_000_000)
        let clock = AbsenceClock(startingAt: start, after: peers)
        let absence = try #require(clock.absence(of: peers[0]))
        #expect(absence == .seconds(401))
        #expect(clock.reading(at: start + (.zero - absence)) == 500)
        #expect(clock.reading(at: start) == 901)
        #expect(clock.reading(at: start + .seconds(9)) == 910)
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 36]) func `a damaged age counts for nothing`(age: UInt64) throws {
        let peers = [StoredPeer(record: try StoreSample.record(2), unreachableSeconds: age)]
        let clock = AbsenceClock(startingAt: .zero, after: peers)
        #expect(clock.absence(of: peers[0]) == nil)
        #expect(clock.reading(at: .zero) == 1)
        #expect(clock.reading(at: Instant(nanoseconds: .min + 1)) == 0)
    }
}
