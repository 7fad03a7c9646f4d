import Addressing
import Testing

@testable import LeaseLedger

@Suite struct OwnRecordTests {
    private func resumed(
        _ commit: OwnCommit, runNonce: UInt64, network: String = "10.244.0.0/16"
    ) throws -> LedgerHarness {
        var record = commit.record.record
        record.version.sequence = commit.reserved
        return try LedgerHarness(network: network, runNonce: runNonce, own: record)
    }

    @Test func `a restart resumes the claim, repeats no version and does not listen first`() throws {
        var node = try LedgerHarness()
        node.start()
        let commit = try #require(node.commits.last)
        var again = try resumed(commit, runNonce: 2)
        again.start(peersExpected: true)
        #expect(again.claim?.subnet == node.claim?.subnet)
        #expect(again.claim?.epoch == node.claim?.epoch)
        let spoken = Set(node.announced.map(\.version))
        #expect(again.announced.allSatisfy { !spoken.contains($0.version) })
        #expect(try #require(again.announced.first).version > #require(node.announced.last).version)
    }

    @Test func `a change of address keeps the claim and needs no commit`() throws {
        var node = try LedgerHarness()
        node.start()
        let (claim, commits) = (node.claim, node.commits.count)
        let address = AnyIPAddress.v4(try IPv4Address(parsing: "192.0.2.9"))
        node.give(
            .located(endpoint: Endpoint(address: address, port: 8473), publicIP: address, backend: .hostGateway))
        #expect(node.claim == claim)
        #expect(node.commits.count == commits)
        #expect(node.announced.last?.record.publicIP == address)
    }

    @Test func `a newer record of mine from before a restore is adopted, with its claim, under a higher sequence`()
        throws
    {
        var node = try LedgerHarness(runNonce: 3)
        node.start()
        let newer = try LedgerHarness.peer(1, "10.244.77.0/24", epoch: 4, sequence: 9_000_000)
        node.give(.record(newer))
        #expect(node.claim?.subnet.description == "10.244.77.0/24")
        #expect(try #require(node.announced.last).version.sequence > 9_000_000)
        #expect(node.announced.last?.version.runNonce == 3)
    }

    @Test func `a subnet given up since the restored copy was made is void`() throws {
        var first = try LedgerHarness()
        first.start()
        var node = try resumed(try #require(first.commits.last), runNonce: 4)
        node.start()
        node.give(.record(LedgerHarness.signed(LedgerHarness.record(1, sequence: 20_000_000, runNonce: 2))))
        #expect(try #require(node.claim).epoch > (try #require(first.claim).epoch))
    }

    @Test func `of two runs that overtake each other exactly one takes a new identity`() throws {
        var nodes = [try LedgerHarness(runNonce: 10), try LedgerHarness(runNonce: 20)]
        for index in nodes.indices { nodes[index].start() }
        for _ in 0..<10 {
            for index in nodes.indices {
                if let record = nodes[1 - index].announced.last { nodes[index].give(.record(record)) }
            }
        }
        #expect(nodes.count { $0.wantsNewIdentity } == 1)
    }

    @Test func `a record of my own run does not disturb me`() throws {
        var node = try LedgerHarness()
        node.start()
        let before = node.announced.count
        for record in node.announced { node.give(.record(record)) }
        #expect(node.announced.count == before)
    }

    /// Found by the search: the disk of before a change of the claim spoke above the change, and brought the old claim back.
    @Test func `a restored disk never speaks above a change of the claim that it does not know`() throws {
        var node = try LedgerHarness()
        node.start()
        var commit = try #require(node.commits.first)
        node.give(.record(try LedgerHarness.peer(5, try #require(node.claim).subnet.description, .confirmed)))
        let changed = try #require(node.announced.last)
        var restored = try resumed(commit, runNonce: 2)
        for nonce in 3...12 as ClosedRange<UInt64> {
            restored.start(peersExpected: true)
            commit = try #require(restored.commits.last)
            restored = try resumed(commit, runNonce: nonce)
        }
        restored.start()
        #expect(try #require(restored.announced.last).version < changed.version)
        restored.give(.record(changed))
        #expect(restored.claim?.subnet == changed.claim?.subnet)
    }

    /// Found by the search: a restart without peers began again at epoch 1, and a revocation of long ago named the claim.
    @Test func `no epoch is used twice, whatever a restart has forgotten of the others`() throws {
        var node = try LedgerHarness()
        node.start()
        node.give(
            .record(try LedgerHarness.peer(5, try #require(node.claim).subnet.description, .confirmed, epoch: 40)))
        let used = try #require(node.claim).epoch
        node.give(.order(.release))
        let commit = try #require(node.commits.last)
        var record = commit.record.record
        record.version.sequence = commit.reserved
        record.role = .member
        var again = try LedgerHarness(runNonce: 2, own: record)
        again.start()
        #expect(try #require(again.claim).epoch > used)
    }

    /// Found by the search: a restored TENTATIVE claim yielded at the moment in which the other side yielded to what it
    /// had been since.
    @Test func `an inherited claim waits two flooding times before it yields or becomes firmer`() throws {
        var node = try LedgerHarness()
        node.diskWorks = false
        node.start()
        var restored = try resumed(try #require(node.commits.first), runNonce: 2)
        restored.start(peersExpected: true)
        let subnet = try #require(restored.claim).subnet
        restored.give(.record(try LedgerHarness.peer(5, subnet.description, .confirmed)))
        #expect(restored.claim?.subnet == subnet)
        #expect(restored.claim?.claimClass == .tentative)
        let deadline = try #require(restored.ledger.nextDeadline)
        restored.wait(deadline - restored.now)
        #expect(restored.claim?.subnet != subnet)
    }

    @Test func `a revocation ends an inherited claim at once`() throws {
        var node = try LedgerHarness()
        node.start()
        let claim = try #require(node.claim)
        var again = try resumed(try #require(node.commits.last), runNonce: 2)
        again.start()
        again.give(
            .revocation(
                SignedRevocation(
                    Revocation(nodeID: LedgerHarness.nodeID(1), claimEpoch: claim.epoch),
                    issuerKey: Array(repeating: 0, count: 32), reason: .operatorRequest,
                    sign: { _ in Array(repeating: 0, count: 64) })))
        #expect(try #require(again.claim).epoch > claim.epoch)
    }

    /// A change of the claim moves the sequence by 2^20; what is reserved must stay ahead of it, whatever comes next.
    @Test func `a restart after many changes of the claim repeats no version and no epoch`() throws {
        var node = try LedgerHarness(network: "10.244.0.0/22")
        var spoken: Set<UInt64> = []
        var epochs: [UInt64] = []
        node.start()
        for run in 2...20 as ClosedRange<UInt64> {
            for change in 0..<100 {
                node.give(.order([.drain, .release, .takeAny, .drain][change % 4]))
                node.wait(.seconds(1))
            }
            node.give(.reserve(node.ledger.reserved + 5))
            for record in node.announced {
                #expect(record.version.sequence < node.ledger.reserved)
                #expect(spoken.insert(record.version.sequence).inserted)
            }
            for case let claim? in node.announced.map(\.claim) where epochs.last != claim.epoch {
                epochs.append(claim.epoch)
            }
            for commit in node.commits { #expect(commit.record.version.sequence < commit.reserved) }
            node = try resumed(try #require(node.commits.last), runNonce: run, network: "10.244.0.0/22")
            node.start()
        }
        #expect(epochs == epochs.sorted() && Set(epochs).count == epochs.count)
        #expect(epochs.count > 900)
        #expect(try #require(node.announced.last).version.sequence < NodeRecord.largestCounter / 2)
    }
}
