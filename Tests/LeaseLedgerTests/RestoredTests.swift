import Addressing
import Testing

@testable import LeaseLedger

@Suite struct RestoredTests {
    @Test func `what the store has kept is in the table before the start, and nobody is told of it`() throws {
        var node = try LedgerHarness(1)
        let peers = [try LedgerHarness.peer(2, "10.244.2.0/24"), try LedgerHarness.peer(3, "10.244.3.0/24")]
        node.give(.restored(peers + [try LedgerHarness.peer(1, "10.244.9.0/24", sequence: 99)]))
        #expect(node.events == [] && node.acknowledged == [])
        #expect(node.ledger.table.count == 2)
        #expect(node.ledger.table.owner(of: try IPv4Block(parsing: "10.244.3.0/24"))?.nodeID == peers[1].nodeID)
        node.start()
        #expect(try #require(node.claim).subnet != peers[0].claim?.subnet)
    }

    @Test func `a damaged record goes without a trace, and comes again from a peer`() throws {
        var node = try LedgerHarness(1)
        let (damaged, whole) = (try LedgerHarness.peer(2, "10.244.2.0/24"), try LedgerHarness.peer(3, "10.244.3.0/24"))
        node.give(.restored([whole]))
        let hash = node.ledger.table.hash
        node.give(.restored([damaged]))
        node.give(.discarded([damaged]))
        #expect(node.ledger.table.hash == hash)
        #expect(node.ledger.table[damaged.nodeID] == nil)
        #expect(node.ledger.table.owner(of: try IPv4Block(parsing: "10.244.2.0/24")) == nil)
        node.give(.record(damaged))
        #expect(node.ledger.table[damaged.nodeID] == damaged)
    }

    @Test func `a record that was replaced meanwhile is not discarded`() throws {
        var node = try LedgerHarness(1)
        let damaged = try LedgerHarness.peer(2, "10.244.2.0/24", sequence: 1)
        let newer = try LedgerHarness.peer(2, "10.244.2.0/24", sequence: 2)
        node.give(.restored([damaged]))
        node.give(.record(newer))
        node.give(.discarded([damaged]))
        #expect(node.ledger.table[newer.nodeID] == newer)
    }

    @Test(arguments: [(30, 40), (40, 30), (30, 90), (1_000_000, 30)])
    func `after a restart too the longest absent owner is the first whose claim is taken back`(
        second: Int64, third: Int64
    ) throws {
        var node = try LedgerHarness(network: "10.244.0.0/22", reclaimAfter: .seconds(60))
        let owners = try (2...4 as ClosedRange<UInt64>).map { number in
            try LedgerHarness.peer(number, "10.244.\(number - 1).0/24", sequence: 5)
        }
        let absentFor = [owners[0].nodeID: Duration.seconds(second), owners[1].nodeID: .seconds(third)]
        node.give(.restored(owners, absentFor: absentFor))
        for number in 4...6 as ClosedRange<UInt64> {
            node.give(.liveness(LedgerHarness.nodeID(number), isLive: true))
        }
        let begun = node.now
        node.start()
        // Patience began in the earlier run.
        let rest = Duration.seconds(max(0, 60 - max(second, third)))
        if rest > .zero {
            node.wait(rest - .seconds(1))
            #expect(node.revoked.isEmpty)
            node.wait(.seconds(1))
        }
        #expect(node.revoked.map(\.revocation.nodeID) == [owners[second > third ? 0 : 1].nodeID])
        #expect(node.now - begun == rest)
        node.wait(.seconds(3_600))
        #expect(node.revoked.count == 1)
    }

    @Test func `one that was there when the last run ended is absent from the start on`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22", reclaimAfter: .seconds(60))
        let owner = try LedgerHarness.peer(2, "10.244.1.0/24")
        node.give(.restored([owner]))
        #expect(node.ledger.absentSince[owner.nodeID] == node.now)
        node.give(.evicted(owner.nodeID))
        #expect(node.ledger.absentSince.isEmpty)
    }
}
