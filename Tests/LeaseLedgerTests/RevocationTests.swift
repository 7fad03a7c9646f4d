import Addressing
import Testing

@testable import LeaseLedger

@Suite struct RevocationTests {
    private func block(_ text: String) throws -> IPv4Block { try IPv4Block(parsing: text) }

    private func revocation(_ node: UInt64, _ epoch: UInt64, _ reason: SignedRevocation.Reason = .operatorRequest)
        -> SignedRevocation
    {
        SignedRevocation(
            Revocation(nodeID: LedgerHarness.nodeID(node), claimEpoch: epoch),
            issuerKey: Array(repeating: 0, count: 32), reason: reason, sign: { _ in Array(repeating: 0, count: 64) })
    }

    @Test func `a revoked node takes another subnet while one is free, and the same again only when none is`() throws {
        for isOtherFree in [true, false] {
            var node = try LedgerHarness(network: "10.244.0.0/22")
            node.start()
            let claim = try #require(node.claim)
            for slot in 1...3 where !isOtherFree {
                let subnet = try block("10.244.\(slot).0/24")
                if subnet != claim.subnet {
                    node.give(.record(try LedgerHarness.peer(UInt64(slot) + 1, subnet.description)))
                }
            }
            node.give(.revocation(revocation(1, claim.epoch)))
            #expect((try #require(node.claim).subnet == claim.subnet) == !isOtherFree)
        }
    }

    @Test func `a revocation is dropped as soon as the owner's next record is known, and not before`() throws {
        var owner = try LedgerHarness()
        owner.start()
        let first = try #require(owner.announced.last)
        let epoch = try #require(owner.claim).epoch
        var witness = try LedgerHarness(2)
        witness.start()
        witness.give(.record(first))
        witness.give(.revoke(LedgerHarness.nodeID(1), forget: false))
        #expect(witness.ledger.table.claims(on: try #require(first.claim).subnet).isEmpty)
        let issued = try #require(witness.revoked.last)
        #expect(issued.revocation.claimEpoch == epoch)
        #expect(witness.ledger.table.revocations.count == 1)
        owner.give(.revocation(issued))
        #expect(owner.ledger.table.revocations.isEmpty)
        witness.give(.record(try #require(owner.announced.last)))
        #expect(witness.ledger.table.revocations.isEmpty)
        // Late words change nothing: neither the old record nor the revocation comes back.
        let hash = witness.ledger.table.hash
        witness.give(.record(first))
        witness.give(.revocation(issued))
        #expect(witness.ledger.table.hash == hash)
    }

    @Test func `a revocation that comes before the claim it names stands until the claim has ended`() throws {
        var witness = try LedgerHarness(2)
        witness.start()
        witness.give(.record(LedgerHarness.signed(LedgerHarness.record(1, sequence: 3 << 20))))
        witness.give(.revocation(revocation(1, 4)))
        #expect(witness.ledger.table.revocations.count == 1)
        var record = LedgerHarness.record(1, sequence: 5 << 20)
        record.claim = Claim(subnet: try block("10.244.7.0/24"), claimClass: .confirmed, epoch: 4)
        witness.give(.record(LedgerHarness.signed(record)))
        #expect(witness.ledger.table.claims(on: try block("10.244.7.0/24")).isEmpty)
        #expect(witness.ledger.table.revocations.count == 1)
        record = LedgerHarness.record(1, sequence: 6 << 20)
        witness.give(.record(LedgerHarness.signed(record)))
        #expect(witness.ledger.table.revocations.isEmpty)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `tables that merged the same records and revocations in any order are equal`(seed: UInt64) throws {
        var random = PrecedenceTests.SplitMix(state: seed)
        for _ in 0..<100 {
            var records: [SignedRecord] = []
            var revocations: [SignedRevocation] = []
            for node in 1...3 as ClosedRange<UInt64> {
                var owner = try LedgerHarness(node, runNonce: node)
                owner.start()
                for _ in 0..<4 {
                    if let epoch = owner.claim?.epoch {
                        revocations.append(revocation(node, epoch))
                        if Bool.random(using: &random) { owner.give(.revocation(revocation(node, epoch))) }
                    }
                    owner.give(.order([.drain, .release, .takeAny].randomElement(using: &random) ?? .drain))
                }
                records += owner.announced
            }
            var tables = [RecordTable(), RecordTable()]
            for record in records { _ = tables[0].merge(record) }
            for revocation in revocations { _ = tables[0].merge(revocation) }
            for revocation in revocations.shuffled(using: &random) { _ = tables[1].merge(revocation) }
            for record in records.shuffled(using: &random) { _ = tables[1].merge(record) }
            #expect(tables[0].hash == tables[1].hash, "seed \(seed)")
            #expect(tables[0].revocations == tables[1].revocations, "seed \(seed)")
        }
    }

    @Test func `a forgotten node is out of sight until it speaks, and a node that hears it is forgotten speaks`() throws
    {
        var owner = try LedgerHarness()
        owner.start()
        var witness = try LedgerHarness(2)
        witness.start()
        for order in [LeaseOrder.takeAny, .release] {
            owner.give(.order(order))
            witness.give(.record(try #require(owner.announced.last)))
            witness.give(.revoke(LedgerHarness.nodeID(1), forget: true))
            #expect(witness.ledger.table.isForgotten(LedgerHarness.nodeID(1)))
            #expect(witness.ledger.table.claims(on: try block("10.244.1.0/24")).isEmpty)
            for revocation in witness.revoked { owner.give(.revocation(revocation)) }
            witness.give(.record(try #require(owner.announced.last)))
            #expect(!witness.ledger.table.isForgotten(LedgerHarness.nodeID(1)))
            #expect(witness.ledger.table.revocations.isEmpty)
        }
    }

    @Test func `an absurd epoch is merged and moves nobody's clock`() throws {
        var node = try LedgerHarness()
        node.give(.record(try LedgerHarness.peer(5, "10.244.9.0/24", epoch: 1 << 47)))
        node.give(.record(try LedgerHarness.peer(6, "10.244.8.0/24", epoch: 70)))
        node.start()
        #expect(node.claim?.epoch == 71)
        #expect(node.ledger.table.owner(of: try block("10.244.9.0/24")) != nil)
    }

    // MARK: Reclaiming

    private func exhausted(_ configure: (inout LedgerHarness) throws -> Void = { _ in }) throws -> LedgerHarness {
        var node = try LedgerHarness(network: "10.244.0.0/22", reclaimAfter: .seconds(60))
        for slot in 1...3 as ClosedRange<UInt64> {
            node.give(.liveness(LedgerHarness.nodeID(slot + 1), isLive: true))
            node.give(.record(try LedgerHarness.peer(slot + 1, "10.244.\(slot).0/24", sequence: 5)))
        }
        try configure(&node)
        node.start()
        #expect(node.ledger.phase == .exhausted)
        return node
    }

    @Test func `under pool pressure the longest absent owner's claim is revoked, after a while, and no other`() throws {
        var node = try exhausted()
        node.give(.liveness(LedgerHarness.nodeID(3), isLive: false))
        node.wait(.seconds(10))
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: false))
        node.wait(.seconds(49))
        #expect(node.revoked.isEmpty)
        let deadline = try #require(node.ledger.nextDeadline)
        node.wait(deadline - node.now)
        #expect(node.revoked.map(\.revocation.nodeID) == [LedgerHarness.nodeID(3)])
        #expect(node.revoked.first?.reason == .poolPressure)
        #expect(node.claim?.subnet == (try block("10.244.2.0/24")))
        node.wait(.seconds(600))
        #expect(node.revoked.count == 1)
    }

    @Test func `an owner that comes back in time, or is pinned, loses nothing`() throws {
        var node = try exhausted()
        node.give(.liveness(LedgerHarness.nodeID(3), isLive: false))
        node.wait(.seconds(50))
        node.give(.liveness(LedgerHarness.nodeID(3), isLive: true))
        node.wait(.seconds(50))
        node.give(.record(try LedgerHarness.peer(2, "10.244.1.0/24", .pinned, sequence: 9)))
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: false))
        node.wait(.seconds(100_000))
        #expect(node.revoked.isEmpty && node.ledger.phase == .exhausted)
    }

    @Test func `a node that sees fewer than half waits much longer: it may be the one that is cut off`() throws {
        var node = try exhausted()
        for peer in 2...4 as ClosedRange<UInt64> { node.give(.liveness(LedgerHarness.nodeID(peer), isLive: false)) }
        node.wait(.seconds(3_000))
        #expect(node.revoked.isEmpty)
        node.wait(.seconds(600))
        #expect(node.revoked.count == 1)
    }

    @Test func `of several without a subnet each takes the claim of another absent owner back`() throws {
        var revoked: [NodeID] = []
        for rank in 0...1 as ClosedRange<UInt64> {
            var node = try exhausted { node in
                // A peer without a subnet, before or behind this node in the order of nodes.
                var other = LedgerHarness.record(rank == 0 ? 9 : 0, sequence: 5)
                other.role = .exhausted
                node.give(.liveness(other.nodeID, isLive: true))
                node.give(.record(LedgerHarness.signed(other)))
            }
            node.give(.liveness(LedgerHarness.nodeID(3), isLive: false))
            node.wait(.seconds(1))
            node.give(.liveness(LedgerHarness.nodeID(2), isLive: false))
            node.wait(.seconds(60))
            revoked += node.revoked.map(\.revocation.nodeID)
        }
        #expect(revoked == [3, 2].map { LedgerHarness.nodeID($0) })
    }
}
