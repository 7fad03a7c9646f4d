import Addressing
import Testing

@testable import LeaseLedger

@Suite struct OrderTests {
    private func holder(_ configure: (inout LedgerHarness) throws -> Void = { _ in }) throws -> LedgerHarness {
        var node = try LedgerHarness(network: "10.244.0.0/22")
        node.start(peersExpected: true)
        node.give(.liveness(LedgerHarness.nodeID(2), isLive: true))
        try configure(&node)
        node.give(.synchronised)
        node.wait(.seconds(3))
        return node
    }

    private func block(_ text: String) throws -> IPv4Block { try IPv4Block(parsing: text) }

    private func other(than subnet: IPv4Block) throws -> IPv4Block {
        let all = try (1...3).map { try block("10.244.\($0).0/24") }
        return try #require(all.first { $0 != subnet })
    }

    // MARK: Moving

    @Test func `a move prepares the new subnet beside the old one and changes over in one record`() throws {
        var node = try holder()
        let old = try #require(node.claim?.subnet)
        let target = try other(than: old)
        #expect(node.ledger.outcome(of: .pin(target)) == .moves(to: target))
        node.give(.order(.pin(target)))
        #expect(node.ledger.heldClaim?.subnet == old)
        #expect(node.announced.last?.record.next?.subnet == target)
        #expect(node.announced.last?.claim?.subnet == old)
        node.wait(.seconds(3))
        #expect(node.ledger.heldClaim?.subnet == target)
        #expect(node.claim?.claimClass == .pinned)
        #expect(node.announced.last?.record.next == nil)
        #expect(node.events.contains(.moved(from: old, to: target)))
        #expect(node.announced.allSatisfy { $0.claim != nil || $0.version.sequence < 1_000 })
    }

    @Test func `acknowledgements of all shorten a move, and those of the old claim do not count`() throws {
        var node = try holder()
        let version = try #require(node.announced.last?.version)
        node.give(.acknowledged(by: LedgerHarness.nodeID(2), version))
        let target = try other(than: try #require(node.claim?.subnet))
        node.give(.order(.pin(target)))
        #expect(node.claim?.subnet != target)
        node.give(.acknowledged(by: LedgerHarness.nodeID(2), try #require(node.announced.last?.version)))
        #expect(node.claim?.subnet == target)
    }

    @Test func `a claim to move to is acknowledged like any, and not where it conflicts`() throws {
        var node = try holder()
        let mine = try #require(node.claim?.subnet)
        let free = try other(than: mine)
        for (target, isGood) in [(free, true), (mine, false)] {
            var peer = LedgerHarness.record(2, sequence: isGood ? 5 : 6)
            peer.claim = Claim(subnet: try block("10.244.9.0/24"), claimClass: .used, epoch: 2)
            peer.next = Claim(subnet: target, claimClass: .tentative, epoch: 3)
            let before = node.acknowledged.count
            node.give(.record(LedgerHarness.signed(peer)))
            #expect(node.acknowledged.count == before + (isGood ? 1 : 0))
        }
    }

    @Test func `a subnet that somebody prepares to move to is not free, and owned by nobody`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22")
        var peer = LedgerHarness.record(2, sequence: 5)
        peer.claim = Claim(subnet: try block("10.244.1.0/24"), claimClass: .confirmed, epoch: 2)
        peer.next = Claim(subnet: try block("10.244.2.0/24"), claimClass: .tentative, epoch: 3)
        node.give(.record(LedgerHarness.signed(peer)))
        node.give(.record(try LedgerHarness.peer(3, "10.244.3.0/24")))
        #expect(node.ledger.table.owner(of: try block("10.244.2.0/24")) == nil)
        node.start()
        #expect(node.ledger.phase == .exhausted)
    }

    @Test func `a move that loses its target keeps the present subnet and tries another`() throws {
        var node = try holder()
        let old = try #require(node.claim?.subnet)
        node.give(.order(.drain))
        let first = try #require(node.ledger.own.next?.subnet)
        node.give(.record(try LedgerHarness.peer(2, first.description, .confirmed, sequence: 9)))
        #expect(node.ledger.heldClaim?.subnet == old)
        let second = try #require(node.ledger.own.next?.subnet)
        #expect(second != first && second != old)
        node.wait(.seconds(3))
        #expect(node.ledger.heldClaim?.subnet == second)
    }

    @Test func `a drain without another free subnet is refused, and changes nothing`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22")
        for slot in 1...2 { node.give(.record(try LedgerHarness.peer(UInt64(slot) + 1, "10.244.\(slot).0/24"))) }
        node.start()
        #expect(node.ledger.outcome(of: .drain) == .poolFull)
        node.give(.order(.drain))
        node.wait(.seconds(10))
        #expect(node.ledger.heldClaim?.subnet.description == "10.244.3.0/24")
    }

    // MARK: Pins

    @Test func `a pin on another's subnet waits, keeps what there is, and moves when it is free`() throws {
        var node = try holder { node in node.give(.record(try LedgerHarness.peer(2, "10.244.1.0/24", .used))) }
        let old = try #require(node.claim?.subnet)
        let wanted = try block("10.244.1.0/24")
        #expect(node.ledger.outcome(of: .pin(wanted)) == .waits(for: wanted, heldBy: LedgerHarness.nodeID(2)))
        node.give(.order(.pin(wanted)))
        node.wait(.seconds(100))
        #expect(node.ledger.heldClaim?.subnet == old)
        node.give(.record(LedgerHarness.signed(LedgerHarness.record(2, sequence: 9))))
        #expect(node.ledger.own.next?.subnet == wanted)
        node.wait(.seconds(3))
        #expect(node.claim?.subnet == wanted && node.claim?.claimClass == .pinned)
    }

    @Test func `a node whose configured pin is another's is not left without a subnet`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22", pinned: try block("10.244.1.0/24"))
        node.give(.record(try LedgerHarness.peer(2, "10.244.1.0/24", .used)))
        node.start()
        #expect(node.ledger.heldClaim != nil)
        #expect(node.ledger.own.pin == (try block("10.244.1.0/24")))
    }

    @Test func `a pin survives a restart, satisfied or not, without the configuration`() throws {
        for isFree in [true, false] {
            var node = try holder { node in
                if !isFree { node.give(.record(try LedgerHarness.peer(2, "10.244.1.0/24", .used))) }
            }
            let wanted = isFree ? try other(than: try #require(node.claim?.subnet)) : try block("10.244.1.0/24")
            node.give(.order(.pin(wanted)))
            node.wait(.seconds(3))
            let commit = try #require(node.commits.last)
            var record = commit.record.record
            record.version.sequence = commit.reserved
            var again = try LedgerHarness(network: "10.244.0.0/22", runNonce: 2, own: record)
            again.start(peersExpected: true)
            #expect(again.ledger.own.pin == wanted)
            #expect(again.claim?.claimClass == (isFree ? .pinned : node.claim?.claimClass))
            again.wait(.seconds(10))
            #expect(again.claim?.subnet == wanted, "with nobody else, the pinned subnet is free")
        }
    }

    @Test func `lifting a pin keeps subnet and class, and lets the node be drained`() throws {
        var node = try holder()
        let subnet = try #require(node.claim?.subnet)
        node.give(.order(.pin(subnet)))
        #expect(node.ledger.outcome(of: .drain) == .isPinned(subnet))
        node.give(.order(.takeAny))
        #expect(node.claim?.subnet == subnet && node.claim?.claimClass == .pinned)
        node.give(.order(.drain))
        node.wait(.seconds(3))
        #expect(node.claim?.subnet != subnet && node.claim?.claimClass == .confirmed)
    }

    @Test func `a pin outside the pool is refused`() throws {
        let node = try holder()
        for text in ["10.244.0.0/24", "10.244.2.0/25", "192.0.2.0/24"] {
            #expect(node.ledger.outcome(of: .pin(try block(text))) == .outsidePool(try block(text)))
        }
    }

    @Test func `a subnet that another node is pinned to is taken last`() throws {
        var pinned = LedgerHarness.record(2, sequence: 5)
        var reference = try LedgerHarness(network: "10.244.0.0/22")
        reference.start()
        let preferred = try #require(reference.claim?.subnet)
        pinned.pin = preferred
        var node = try LedgerHarness(network: "10.244.0.0/22")
        node.give(.record(LedgerHarness.signed(pinned)))
        node.start()
        #expect(node.claim != nil && node.claim?.subnet != preferred)
        var full = try LedgerHarness(network: "10.244.0.0/22")
        full.give(.record(LedgerHarness.signed(pinned)))
        for slot in 1...3 where try block("10.244.\(slot).0/24") != preferred {
            full.give(.record(try LedgerHarness.peer(UInt64(slot) + 10, "10.244.\(slot).0/24")))
        }
        full.start()
        #expect(full.claim?.subnet == preferred)
    }

    // MARK: Release, leave, observers

    @Test(arguments: [LeaseOrder.release, .leave])
    func `what was given back stays so over a restart, until an order ends that`(order: LeaseOrder) throws {
        var node = try holder()
        node.give(.order(order))
        #expect(node.claim == nil && node.ledger.phase == .idle)
        #expect(node.announced.last?.record.role == (order == .leave ? .departed : .released))
        let commit = try #require(node.commits.last)
        #expect(commit.record.record.role == (order == .leave ? .departed : .released))
        var record = commit.record.record
        record.version.sequence = commit.reserved
        var again = try LedgerHarness(network: "10.244.0.0/22", runNonce: 2, own: record)
        again.start(peersExpected: true)
        again.wait(.seconds(60))
        #expect(again.claim == nil)
        again.give(.order(.takeAny))
        #expect(again.ledger.heldClaim != nil)
    }

    @Test func `a released node that is pinned again holds that`() throws {
        var node = try holder()
        let subnet = try #require(node.claim?.subnet)
        node.give(.order(.release))
        node.give(.order(.pin(subnet)))
        node.wait(.seconds(3))
        #expect(node.claim?.claimClass == .pinned)
    }

    @Test func `an observer withdraws what it held, and claims again when it is none any more`() throws {
        let node = try holder()
        let commit = try #require(node.commits.last)
        var record = commit.record.record
        record.version.sequence = commit.reserved
        var observer = try LedgerHarness(network: "10.244.0.0/22", runNonce: 2, own: record, isObserver: true)
        observer.start()
        #expect(observer.announced.last?.claim == nil && observer.announced.last?.record.role == .observer)
        record = try #require(observer.commits.last).record.record
        record.version.sequence = try #require(observer.commits.last).reserved
        var again = try LedgerHarness(network: "10.244.0.0/22", runNonce: 3, own: record)
        again.start()
        #expect(again.ledger.heldClaim != nil)
    }

    @Test(arguments: [NodeRole.departed, .released, .observer])
    func `a newer own record that wants no subnet is adopted with its role`(role: NodeRole) throws {
        var node = try holder()
        var newer = LedgerHarness.record(1, sequence: 90_000_000, runNonce: 8)
        newer.role = role
        node.give(.record(LedgerHarness.signed(newer)))
        node.wait(.seconds(10))
        #expect(node.claim == nil)
        #expect(node.announced.last?.record.role == role)
        #expect(node.ledger.phase == .idle)
    }
}
