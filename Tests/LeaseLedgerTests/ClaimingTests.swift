import Addressing
import Testing

@testable import LeaseLedger

@Suite struct ClaimingTests {
    @Test func `a node that expects nobody holds a subnet alone at once, as isolated`() throws {
        var node = try LedgerHarness()
        node.start()
        #expect(node.ledger.heldClaim?.claimClass == .isolated)
        #expect(node.events.count == 2)
    }

    @Test func `a node listens before it claims, until it is synchronised or the join times out`() throws {
        for synchronises in [true, false] {
            var node = try LedgerHarness()
            node.start(peersExpected: true)
            #expect(node.claim == nil)
            if synchronises { node.give(.synchronised) } else { node.wait(.seconds(3)) }
            #expect(node.claim != nil)
        }
    }

    @Test func `nobody hears of a claim before it is on the disk`() throws {
        var node = try LedgerHarness()
        node.diskWorks = false
        node.start()
        #expect(node.claim != nil)
        #expect(node.commits.count == 1)
        #expect(node.announced.isEmpty)
        #expect(node.ledger.heldClaim == nil)
        node.give(.committed(node.commits[0].record.version))
        #expect(node.announced.map(\.version) == [node.commits[0].record.version])
    }

    @Test func `a claim is confirmed when every live peer has acknowledged it, and not before`() throws {
        var node = try LedgerHarness()
        node.start(peersExpected: true)
        for peer in [2, 3] as [UInt64] { node.give(.liveness(LedgerHarness.nodeID(peer), isLive: true)) }
        node.give(.synchronised)
        let version = try #require(node.announced.last?.version)
        node.give(.acknowledged(by: LedgerHarness.nodeID(2), version))
        #expect(node.claim?.claimClass == .tentative)
        node.give(.acknowledged(by: LedgerHarness.nodeID(9), version))
        #expect(node.claim?.claimClass == .tentative)
        node.give(.acknowledged(by: LedgerHarness.nodeID(3), version))
        #expect(node.claim?.claimClass == .confirmed)
    }

    @Test func `an acknowledgement of an older version does not count`() throws {
        var node = try LedgerHarness()
        node.start(peersExpected: true)
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: true))
        node.give(.synchronised)
        node.give(.acknowledged(by: LedgerHarness.nodeID(2), RecordVersion(sequence: 0, runNonce: 1)))
        #expect(node.claim?.claimClass == .tentative)
    }

    @Test func `without acknowledgements two flooding times confirm`() throws {
        var node = try LedgerHarness()
        node.start(peersExpected: true)
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: true))
        node.give(.synchronised)
        let deadline = try #require(node.ledger.nextDeadline)
        node.wait(deadline - node.now + .milliseconds(-1))
        #expect(node.claim?.claimClass == .tentative)
        node.wait(.milliseconds(1))
        #expect(node.claim?.claimClass == .confirmed)
    }

    @Test func `an isolated claim is confirmed after it has met its first peer, not at once`() throws {
        var node = try LedgerHarness()
        node.start()
        node.wait(.seconds(100))
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: true))
        #expect(node.claim?.claimClass == .isolated)
        node.wait(.seconds(3))
        #expect(node.claim?.claimClass == .confirmed)
    }

    @Test func `the loser of a conflict claims another subnet at once and says to whom it lost and by what`() throws {
        var node = try LedgerHarness()
        node.start()
        let lost = try #require(node.claim?.subnet)
        node.give(.record(try LedgerHarness.peer(5, lost.description, .confirmed)))
        #expect(node.claim?.subnet != lost)
        #expect(node.events.contains(.lost(lost, to: LedgerHarness.nodeID(5), by: .claimClass)))
    }

    @Test func `the winner of a conflict keeps its subnet and does not acknowledge the other's claim`() throws {
        var node = try LedgerHarness()
        node.start()
        let mine = try #require(node.claim?.subnet)
        node.give(.record(try LedgerHarness.peer(5, mine.description, .tentative, epoch: 9)))
        #expect(node.claim?.subnet == mine)
        #expect(node.acknowledged.isEmpty)
    }

    @Test func `a claim that is free is acknowledged to its owner`() throws {
        var node = try LedgerHarness()
        node.start()
        node.give(.record(try LedgerHarness.peer(5, "10.244.200.0/24", .tentative)))
        #expect(node.acknowledged == [LedgerHarness.nodeID(5)])
    }

    @Test func `a full pool leaves the node exhausted, and a release ends that`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22")
        node.start(peersExpected: true)
        for slot in 1...3 { node.give(.record(try LedgerHarness.peer(UInt64(slot) + 1, "10.244.\(slot).0/24"))) }
        node.give(.synchronised)
        #expect(node.ledger.phase == .exhausted)
        #expect(node.events.contains(.exhausted))
        node.give(.record(LedgerHarness.signed(LedgerHarness.record(3, sequence: 5))))
        #expect(node.claim?.subnet.description == "10.244.2.0/24")
    }

    @Test func `a revoked claim is void for everybody, and its owner claims with a higher epoch`() throws {
        var node = try LedgerHarness()
        node.start()
        let claim = try #require(node.claim)
        let revocation = SignedRevocation(
            Revocation(nodeID: LedgerHarness.nodeID(1), claimEpoch: claim.epoch),
            issuerKey: Array(repeating: 0, count: 32), reason: .operatorRequest,
            sign: { _ in Array(repeating: 0, count: 64) })
        node.give(.revocation(revocation))
        #expect(node.events.contains(.revoked(claim.subnet, by: .operatorRequest)))
        #expect(try #require(node.claim).epoch > claim.epoch)
        var other = try LedgerHarness(2)
        other.give(.record(node.announced[0]))
        other.give(.revocation(revocation))
        #expect(other.ledger.table.claims(on: claim.subnet).isEmpty)
    }

    @Test func `a pinned subnet is held as static and precedes a claim in use`() throws {
        let subnet = try IPv4Block(parsing: "10.244.9.0/24")
        var node = try LedgerHarness(pinned: subnet)
        node.start()
        #expect(node.claim?.subnet == subnet)
        #expect(node.claim?.claimClass == .pinned)
        node.give(.record(try LedgerHarness.peer(5, subnet.description, .used, tenure: 20)))
        #expect(node.claim?.subnet == subnet)
    }

    @Test func `tenure grows with time, four-fold at a step, and only from 1,024 seconds on`() throws {
        var node = try LedgerHarness()
        node.start()
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: true))
        node.wait(.seconds(5))
        let young = node.announced.count
        node.wait(.seconds(1_000))
        #expect(node.announced.count == young)
        node.wait(.seconds(100))
        #expect(node.claim?.tenure == 10)
        node.wait(.seconds(4_000))
        #expect(node.claim?.tenure == 12)
        #expect(node.announced.count == young + 2)
    }
}
