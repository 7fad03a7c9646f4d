import Addressing
import LeaseLedger
import Testing

@testable import Gossip

/// A node that has just started knows its peers from its store and has no replay window yet: somebody plays it what one
/// of them said before it died.
@Suite struct RecordingTests {
    private static let peer = NodeRecord.ofTest(1)

    private struct Restarted {
        var gossip: Gossip
        var now = Instant(nanoseconds: 1 << 40)
        var counter: UInt32 = 0
        /// What was thought of the peer, in order.
        var thought: [Liveness] = []
        /// The pings to it that wait for an answer.
        var asked: [UInt32] = []

        init() throws {
            let own = NodeRecord.ofTest(0)
            let configuration = try GossipConfiguration(ofTest: own, hasSeeds: false)
            let stored = StoredMember(record: SignedRecord(ofTest: RecordingTests.peer), incarnation: 5)
            gossip = Gossip(configuration: configuration, restored: [stored])
            take(.start)
        }

        mutating func take(_ input: GossipInput) {
            for effect in gossip.handle(input, at: now) {
                switch effect {
                case .event(.liveness(RecordingTests.peer.nodeID, let liveness)): thought.append(liveness)
                case .commit(let commit): take(.ledger(.committed(commit.record.version)))
                case .send(let bytes, RecordingTests.peer.endpoint):
                    for case .ping(let sequence, _, _) in (try? Datagram(decoding: bytes))?.messages ?? [] {
                        asked.append(sequence)
                    }
                default: break
                }
            }
        }

        /// The peer's next datagram.
        mutating func hear(_ messages: [GossipMessage]) {
            counter += 1
            let peer = RecordingTests.peer
            take(.datagrams([IncomingDatagram(ofTest: messages, by: peer, counter: counter, from: peer.endpoint)]))
        }

        mutating func answer() {
            let sequences = asked
            asked = []
            for sequence in sequences { hear([.acknowledgement(sequence: sequence, tableHash: 1)]) }
        }

        mutating func advance(_ span: Duration) {
            let end = now + span
            while let next = gossip.nextDeadline, next <= end {
                now = max(next, now)
                take(.tick)
            }
            now = end
        }

        /// A ping that was meant for somebody else, ten times a second.
        mutating func play(_ seconds: Int, answering: Bool = false) {
            for index in 0..<seconds * 10 {
                hear([.ping(sequence: UInt32(index), target: NodeID(bits: 99), tableHash: 1)])
                if answering { answer() }
                advance(.milliseconds(100))
            }
        }
    }

    @Test func `what a dead peer said before it died makes it live for a probe's time, however long it is played`()
        throws
    {
        var node = try Restarted()
        node.play(60)
        #expect(node.thought == [.alive, .suspect, .unreachable])
        #expect(node.gossip.members[Self.peer.nodeID]?.liveness == .unreachable)
    }

    @Test func `a peer that has answered once is believed to live while it speaks, though its answers are lost`() throws
    {
        var node = try Restarted()
        node.play(3, answering: true)
        node.play(60)
        #expect(!node.thought.contains(.unreachable) && node.thought.first == .alive)
        node.advance(.seconds(30))
        #expect(node.thought.last == .unreachable)
    }
}
