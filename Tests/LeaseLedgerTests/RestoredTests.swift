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
}
