import Addressing
import LeaseLedger
import Synchronization
import Testing

@testable import Gossip

/// What somebody who holds the cluster's key can do to one node: it speaks the protocol, and lies.
@Suite struct KeyHolderTests {
    private static let limit = 16

    private final class Verifications: Sendable {
        private let number = Mutex(0)
        var count: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }

    private struct Victim {
        var gossip: Gossip
        let verified: Verifications
        var now = Instant(nanoseconds: 1 << 40)
        var counters: [NodeID: UInt32] = [:]
        var events: [NodeEvent] = []
        var sent = 0

        mutating func take(_ input: GossipInput) {
            for effect in gossip.handle(input, at: now) {
                switch effect {
                case .event(let event): events.append(event)
                case .commit(let commit): take(.ledger(.committed(commit.record.version)))
                case .send: sent += 1
                default: break
                }
            }
        }

        mutating func hear(_ messages: [GossipMessage], from sender: NodeID) {
            take(.datagrams([incoming(messages, from: sender)]))
        }

        mutating func incoming(_ messages: [GossipMessage], from sender: NodeID) -> IncomingDatagram {
            counters[sender, default: 0] += 1
            let header = DatagramHeader(
                clusterID: 1, sender: sender, incarnation: 1, runNonce: 1, counter: counters[sender, default: 0])
            let source = Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0009)), port: 8473)
            return IncomingDatagram(
                bytes: Datagram(header: header, messages: messages).encoded(), source: source)
        }

        mutating func advance(_ span: Duration) {
            let end = now + span
            while let next = gossip.nextDeadline, next <= end {
                now = max(next, now)
                take(.tick)
            }
            now = end
        }
    }

    private static func record(_ number: UInt64, claim: Claim? = nil) -> NodeRecord {
        NodeRecord(
            nodeID: NodeID(bits: UInt128(number) << 96 | 1), publicKey: Array(repeating: 0, count: 32),
            version: RecordVersion(sequence: 1, runNonce: 1), name: "made-up-\(number)", fingerprint: number,
            endpoint: Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0100 + UInt32(number % 256))), port: 8473),
            publicIP: .v4(IPv4Address(bits: 0xC0A8_0100)), backend: .alloc, software: "lie", claim: claim)
    }

    private static func signed(_ record: NodeRecord, as signer: UInt8 = 1) -> SignedRecord {
        SignedRecord(record, sign: { _ in Array(repeating: signer, count: 64) })
    }

    /// A node that holds a subnet. Signatures of 2 are forged.
    private func victim(network: String = "10.244.0.0/16") throws -> Victim {
        let own = Self.record(0)
        let verified = Verifications()
        var configuration = GossipConfiguration(
            identity: LeaseLedger.Identity(
                clusterID: 1, nodeID: own.nodeID, publicKey: own.publicKey, runNonce: 5,
                sign: { _ in Array(repeating: 1, count: 64) }),
            own: own, reserved: 1 << 16,
            offer: SettingsOffer(settings: try testSettings(network), agreed: true, named: 1),
            verifyRecord: {
                verified.add()
                return $0.signature.first == 1
            }, verifyRevocation: { $0.signature.first == 1 },
            backend: { _ in .alloc }, hasSeeds: false, randomSeed: 1)
        configuration.mostMembers = Self.limit
        var victim = Victim(gossip: Gossip(configuration: configuration), verified: verified)
        victim.take(.start)
        victim.advance(.seconds(5))
        #expect(victim.gossip.ledger?.heldClaim != nil)
        return victim
    }

    @Test func `records that their owners did not sign are dropped and counted, also of this node itself`() throws {
        var victim = try victim()
        let liar = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: liar)
        let held = victim.gossip.ledger?.heldClaim
        var mine = Self.record(0)
        mine.version.sequence = 1 << 40
        for record in [mine, Self.record(7)] {
            victim.hear([.record(Self.signed(record, as: 2), liveness: .left, incarnation: 9)], from: liar)
        }
        #expect(victim.gossip.counters.recordsForged == 2)
        #expect(victim.gossip.members.count == 1 && victim.gossip.ledger?.heldClaim == held)
    }

    @Test(arguments: [[1, 2], [2, 1]] as [[UInt8]])
    func `a forged newer record that comes along keeps no genuine one out`(signers: [UInt8]) throws {
        var victim = try victim()
        let liar = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: liar)
        let batch = signers.map { signer in
            var record = Self.record(7)
            record.version.sequence = UInt64(signer)
            return victim.incoming(
                [.record(Self.signed(record, as: signer), liveness: .alive, incarnation: 1)], from: liar)
        }
        victim.take(.datagrams(batch))
        #expect(victim.gossip.ledger?.table[Self.record(7).nodeID]?.version.sequence == 1)
        #expect(victim.gossip.counters.recordsForged == 1)
    }

    @Test func `of a node's records that come together the newest alone is taken`() throws {
        var victim = try victim()
        let neighbour = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: neighbour)
        let batch = ([1, 3, 2] as [UInt64]).map { sequence in
            var record = Self.record(7)
            record.version.sequence = sequence
            return victim.incoming(
                [.record(Self.signed(record), liveness: .alive, incarnation: 1)], from: neighbour)
        }
        let before = victim.verified.count
        victim.take(.datagrams(batch))
        #expect(victim.gossip.ledger?.table[Self.record(7).nodeID]?.version.sequence == 3)
        #expect(victim.verified.count == before + 1)
    }

    @Test func `who says that a live node is dead is refuted by it`() throws {
        var victim = try victim()
        let liar = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: liar)
        let before = victim.gossip.incarnation
        let me = victim.gossip.nodeID
        victim.hear(
            [.liveness(LivenessUpdate(nodeID: me, incarnation: before, liveness: .unreachable, accuser: liar))],
            from: liar)
        #expect(victim.gossip.incarnation > before && victim.gossip.counters.refutations == 1)
    }

    @Test func `made-up members are bounded, the silent ones give way to those that speak, and it is said`() throws {
        var victim = try victim()
        let liar = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: liar)
        for number in 2..<500 as Range<UInt64> {
            let lie = GossipMessage.record(Self.signed(Self.record(number)), liveness: .alive, incarnation: 1)
            victim.hear([lie], from: liar)
            #expect(victim.gossip.members.count <= Self.limit)
        }
        #expect(victim.gossip.ledger?.table.count == Self.limit + 1)
        #expect(victim.gossip.counters.membersRefused >= 480)
        let said = victim.events.count { if case .membersFull = $0 { true } else { false } }
        #expect((1...10).contains(said), "said aloud, and not for each: \(said)")
        // Nobody answers for them: they are found out, and a real node that speaks itself gets in.
        victim.advance(.seconds(120))
        let honest = Self.record(1_000)
        victim.hear([.record(Self.signed(honest), liveness: .alive, incarnation: 1)], from: honest.nodeID)
        #expect(victim.gossip.members[honest.nodeID] != nil)
        #expect(victim.gossip.members.count <= Self.limit && victim.gossip.counters.membersEvicted == 1)
    }

    @Test func `revocations are bounded`() throws {
        var victim = try victim()
        let liar = Self.record(1).nodeID
        victim.hear([.record(Self.signed(Self.record(1)), liveness: .alive, incarnation: 1)], from: liar)
        func revocation(_ number: Int) -> SignedRevocation {
            SignedRevocation(
                Revocation(nodeID: NodeID(bits: UInt128(number) << 64), claimEpoch: 1),
                issuerKey: Array(repeating: 0, count: 32), reason: .operatorRequest,
                sign: { _ in Array(repeating: 1, count: 64) })
        }
        for number in 1..<Gossip.mostRevocations { victim.take(.ledger(.revocation(revocation(number)))) }
        for number in 0..<10 { victim.hear([.revocation(revocation(Gossip.mostRevocations + number))], from: liar) }
        #expect(victim.gossip.ledger?.table.revocations.count == Gossip.mostRevocations)
    }

    @Test func `who claims with the largest epoch does not keep the others from claiming`() throws {
        var victim = try victim()
        let subnet = try #require(victim.gossip.ledger?.heldClaim?.subnet)
        let absurd = Claim(subnet: subnet, claimClass: .pinned, tenure: 63, epoch: Revocation.banEpoch)
        let liar = Self.record(1, claim: absurd)
        victim.hear([.record(Self.signed(liar), liveness: .alive, incarnation: 1)], from: liar.nodeID)
        victim.advance(.seconds(10))
        // A firmer claim is asserted, and asserting it is all it takes; the loser says so and takes another.
        let claim = try #require(victim.gossip.ledger?.own.claim)
        #expect(claim.subnet != subnet && claim.epoch < Revocation.banEpoch)
        #expect(victim.events.contains { if case .lease(.lost) = $0 { true } else { false } })
    }

    @Test func `who claims everything with made-up members takes nothing from a claim as firm as theirs`() throws {
        var victim = try victim(network: "10.244.0.0/21")
        let held = try #require(victim.gossip.ledger?.heldClaim)
        let pool = try #require(victim.gossip.ledger?.pool)
        for number in 1...UInt64(3 * pool.count) {
            let subnet = try #require(pool.subnet(at: Int(number) % pool.count))
            let claim = Claim(subnet: subnet, claimClass: held.claimClass, epoch: 1)
            let lie = Self.record(number, claim: claim)
            victim.hear([.record(Self.signed(lie), liveness: .alive, incarnation: 1)], from: lie.nodeID)
            victim.advance(.milliseconds(100))
        }
        victim.advance(.seconds(30))
        #expect(victim.gossip.ledger?.heldClaim?.subnet == held.subnet)
        #expect(!victim.events.contains { if case .lease(.lost) = $0 { true } else { false } })
        #expect(victim.gossip.members.count <= Self.limit)
    }

    @Test func `strangers make a node answer at a bounded rate`() throws {
        var victim = try victim()
        let before = victim.sent
        for number in 1...20_000 as ClosedRange<UInt64> {
            victim.hear([.announcement], from: Self.record(number).nodeID)
        }
        #expect(victim.sent - before <= 600, "\(victim.sent - before) answers to 20,000 announcements at once")
    }
}
