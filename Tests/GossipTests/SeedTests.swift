import Addressing
import LeaseLedger
import Testing

@testable import Gossip

/// A node of a cluster of two, whose seed is an address that the other's record does not name: it has several, or a name
/// leads to it.
@Suite struct SeedTests {
    private static let seed = Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0900)), port: 8473)

    @Test(arguments: [true, false])
    func `a seed that a live member answers for is greeted once a minute`(answersFromSeed: Bool) throws {
        var node = try Node(answersFrom: answersFromSeed ? Self.seed : Node.peer.endpoint)
        node.run(for: .seconds(600))
        #expect(node.isPeerLive)
        #expect((9...12).contains(node.greetings), "\(node.greetings) greetings")
    }

    @Test func `a seed that nobody answers for is greeted every few seconds`() throws {
        var node = try Node(answersFrom: nil)
        node.run(for: .seconds(600))
        #expect(node.isPeerLive)
        #expect(node.greetings > 60, "\(node.greetings) greetings")
    }

    @Test func `once the member that answered is dead, its seed's address is greeted every few seconds`() throws {
        var node = try Node(answersFrom: Self.seed)
        node.run(for: .seconds(120))
        node.isPeerUp = false
        let before = node.greetings
        node.run(for: .seconds(60))
        #expect(!node.isPeerLive)
        #expect(node.greetings > before + 5, "\(node.greetings - before) greetings")
    }

    /// The node and, made up by its words, its peer.
    private struct Node: TickedNode {
        static let peer = NodeRecord.ofTest(1)

        private(set) var gossip: Gossip
        var now = Instant(nanoseconds: 1 << 40)
        private var counter: UInt32 = 0
        private let answersFrom: Endpoint?
        var isPeerUp = true
        /// How often the seed was said hello to.
        private(set) var greetings = 0

        init(answersFrom: Endpoint?) throws {
            self.answersFrom = answersFrom
            let own = NodeRecord.ofTest(0)
            let configuration = try GossipConfiguration(ofTest: own, hasSeeds: true)
            let stored = StoredMember(record: SignedRecord(ofTest: Self.peer), incarnation: 5)
            gossip = Gossip(configuration: configuration, restored: [stored])
            take(.start)
            hear([.hello(configuration.offer, tableHash: 0)], from: Self.peer.endpoint)
            // The peer has the same table.
            hear([.acknowledgement(sequence: 0, tableHash: gossip.tableHash)], from: Self.peer.endpoint)
            greetings = 0
        }

        var isPeerLive: Bool { gossip.members[Self.peer.nodeID]?.liveness.isLive == true }

        mutating func take(_ input: GossipInput) {
            for effect in gossip.handle(input, at: now) {
                switch effect {
                case .commit(let commit): take(.ledger(.committed(commit.record.version)))
                case .resolveSeeds: take(.seeds([SeedTests.seed]))
                case .send(let bytes, let destination): arrive(bytes, at: destination)
                default: break
                }
            }
        }

        private mutating func arrive(_ bytes: [UInt8], at destination: Endpoint) {
            for message in (try? Datagram(decoding: bytes))?.messages ?? [] {
                switch message {
                case .hello(let offer, let tableHash) where destination == SeedTests.seed:
                    greetings += 1
                    guard isPeerUp, let answersFrom else { continue }
                    hear([.welcome(offer, tableHash: tableHash)], from: answersFrom)
                case .ping(let sequence, _, let tableHash) where isPeerUp && destination == Self.peer.endpoint:
                    hear([.acknowledgement(sequence: sequence, tableHash: tableHash)], from: destination)
                default: break
                }
            }
        }

        /// The peer's next datagram.
        private mutating func hear(_ messages: [GossipMessage], from source: Endpoint) {
            counter += 1
            take(.datagrams([IncomingDatagram(ofTest: messages, by: Self.peer, counter: counter, from: source)]))
        }
    }
}
