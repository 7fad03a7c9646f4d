import Addressing
import LeaseLedger
import Simulation
import Testing

@testable import Gossip

/// Machines that start together, or come to a node together.
@Suite struct GatheringTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `those that start at once know each other before they claim subnets, but for the first`(seed: UInt64) throws {
        var cluster = makeCluster(nodes: 32, seed: seed, settings: try testSettings())
        let complete = cluster.run(for: .seconds(10)) { $0.nodes.allSatisfy { $0.gossip?.liveCount == 31 } }
        #expect(complete, "seed \(seed)")
        let early = cluster.nodes.count { $0.gossip?.ledger?.own.claim != nil }
        print("seed \(seed): \(early) had claimed when all knew all, after \(cluster.now)")
        // Two seeds that have met each other and nobody else are synchronised.
        #expect(early <= 3, "seed \(seed)")
    }

    @Test(arguments: [0, 0.1])
    func `a crowd costs each a few datagrams for each of the others, whatever is lost`(loss: Double) throws {
        let seed: UInt64 = 1
        var cluster = makeCluster(nodes: 100, seed: seed, settings: try testSettings())
        cluster.network.loss = loss
        let converged = cluster.run(for: .seconds(20)) { $0.isConverged }
        print("seed \(seed), loss \(loss): \(cluster.datagrams / 100) datagrams a node, converged at \(cluster.now)")
        #expect(converged, "seed \(seed), loss \(loss)")
        #expect(cluster.datagrams / 100 < (loss == 0 ? 450 : 900), "seed \(seed), loss \(loss)")
    }

    @Test
    func `the sixth of a crowd is told of to those who read the table here, with those before it, and to nobody twice`()
        throws
    {
        var hub = try Hub()
        hub.hearReader(1)
        for comer in 2...5 { hub.hear(.hello, from: UInt64(comer)) }
        #expect(hub.told(to: 1) == [], "not at once: more may come")
        hub.run(for: .milliseconds(25))
        #expect(hub.told(to: 1).isSuperset(of: [2, 3, 4, 5]))
        #expect(hub.told(to: 2) == [], "it has not read here")
        hub.hear(.hello, from: 6)
        hub.run(for: .milliseconds(25))
        #expect(hub.lastTold(to: 1) == [6])
    }

    @Test func `whoever read the table here is told for three seconds`() throws {
        var hub = try Hub()
        hub.hearReader(1)
        hub.run(for: .milliseconds(3_100))
        for comer in 2...8 { hub.hear(.hello, from: UInt64(comer)) }
        hub.run(for: .milliseconds(25))
        #expect(hub.told(to: 1).isDisjoint(with: 2...8))
    }

    @Test func `a node that has long been running tells its readers of a crowd, and passes the news on as well`() throws
    {
        var hub = try Hub()
        hub.run(for: .seconds(10))
        hub.hearReader(1)
        hub.run(for: .milliseconds(500))
        for comer in 2...8 { hub.hear(.hello, from: UInt64(comer)) }
        hub.run(for: .milliseconds(25))
        #expect(hub.told(to: 1).isSuperset(of: 3...8))
        hub.run(for: .milliseconds(500))
        let hearers = (2...8).count { !hub.told(to: UInt64($0)).isEmpty }
        #expect(hearers >= 4, "\(hearers)")
    }

    @Test func `a young one of a crowd passes on nothing to those who do not read the table here`() throws {
        var hub = try Hub()
        for comer in 1...40 { hub.hear(.hello, from: UInt64(comer)) }
        hub.run(for: .milliseconds(500))
        // The first few, before there was a crowd.
        for late in 10...40 {
            let hearers = (1...40).count { hub.told(to: UInt64($0)).contains(UInt64(late)) }
            #expect(hearers == 0, "node \(late)")
        }
    }

    @Test func `many readers that come and go leave room for new ones`() {
        var gathering = Gathering()
        var now = Instant.zero
        for reader in 0..<1_000 {
            now = now + .milliseconds(20)
            gathering.read(by: NodeRecord.ofTest(UInt64(reader)).nodeID, now)
        }
        let comers = (2_000..<2_010).map { NodeRecord.ofTest($0).nodeID }
        for comer in comers { gathering.arrived(comer, isFresh: true, isFromSource: false, whileYoung: true, now) }
        let telling = gathering.takeUntold(now + .milliseconds(20))
        #expect(telling?.readers.contains(NodeRecord.ofTest(999).nodeID) == true)
        #expect(telling?.readers.contains(NodeRecord.ofTest(1).nodeID) == false)
        #expect(telling?.comers == comers)
    }

    @Test
    func `what was read at the source is not told there, and a thousand that come at once are told of bit by bit`() {
        var gathering = Gathering()
        gathering.source = NodeRecord.ofTest(0).nodeID
        for comer in 1...1_000 {
            gathering.arrived(
                NodeRecord.ofTest(UInt64(comer)).nodeID, isFresh: true, isFromSource: comer > 500, whileYoung: true,
                .zero)
        }
        var told: [NodeID] = []
        var toldAtSource: [NodeID] = []
        var tellings = 0
        while let due = gathering.nextTelling, let telling = gathering.takeUntold(due) {
            #expect(telling.comers.count <= 128)
            told += telling.comers
            toldAtSource += telling.forSource
            tellings += 1
        }
        #expect(Set(told).count == 1_000 && told.count == 1_000)
        #expect(toldAtSource == Array(told.prefix(500)))
        #expect(tellings == 8)
    }

    /// A node that is everybody's seed, and peers made up by their words.
    private struct Hub: TickedNode {
        enum Words { case hello, buckets }

        private(set) var gossip: Gossip
        private let offer: SettingsOffer
        var now = Instant(nanoseconds: 1 << 40)
        private var counters: [UInt64: UInt32] = [:]
        /// By peer, the numbers of the nodes whose records it was sent, datagram by datagram.
        private var sent: [UInt64: [Set<UInt64>]] = [:]

        init() throws {
            let configuration = try GossipConfiguration(ofTest: .ofTest(0), hasSeeds: false)
            offer = configuration.offer
            gossip = Gossip(configuration: configuration)
            take(.start)
        }

        func told(to peer: UInt64) -> Set<UInt64> {
            sent[peer, default: []].reduce(into: Set<UInt64>()) { $0.formUnion($1) }.subtracting([0, peer])
        }

        func lastTold(to peer: UInt64) -> Set<UInt64>? { sent[peer]?.last { !$0.subtracting([0]).isEmpty } }

        /// One that says hello and reads the table.
        mutating func hearReader(_ peer: UInt64) {
            hear(.hello, from: peer)
            hear(.buckets, from: peer)
        }

        mutating func hear(_ words: Words, from peer: UInt64) {
            var record = NodeRecord.ofTest(peer)
            record.claim = nil
            counters[peer, default: 0] += 1
            let messages: [GossipMessage] =
                switch words {
                case .hello:
                    [
                        .hello(offer, tableHash: 0),
                        .record(SignedRecord(ofTest: record), liveness: .alive, incarnation: 5),
                    ]
                case .buckets: [.buckets(Array(repeating: 0, count: TableHash.bucketCount))]
                }
            let datagram = IncomingDatagram(
                ofTest: messages, by: record, counter: counters[peer, default: 0], from: record.endpoint)
            take(.datagrams([datagram]))
            // Its answer to these very words is no news.
            if words == .buckets { sent[peer] = nil }
        }

        mutating func take(_ input: GossipInput) {
            for effect in gossip.handle(input, at: now) {
                switch effect {
                case .commit(let commit): take(.ledger(.committed(commit.record.version)))
                case .send(let bytes, let destination): arrive(bytes, at: destination)
                default: break
                }
            }
        }

        private mutating func arrive(_ bytes: [UInt8], at destination: Endpoint) {
            guard case .v4(let address) = destination.address, let datagram = try? Datagram(decoding: bytes) else {
                return
            }
            let records = datagram.messages.compactMap { message -> UInt64? in
                guard case .record(let record, _, _) = message else { return nil }
                return record.record.fingerprint
            }
            sent[UInt64(address.bits - 0xC0A8_0100), default: []].append(Set(records))
        }
    }
}
