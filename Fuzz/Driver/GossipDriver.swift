internal import Addressing
internal import Gossip
internal import LeaseLedger

/// Drives one node's whole state machine by fuzzed inputs, with datagrams of a few made-up members among them, and checks
/// what must hold whatever anybody sends: it sends only what others can read, stays in its bounds, never speaks of a claim
/// before it is committed, and never claims outside the network.
struct GossipDriver: ~Copyable {
    private var reader: ByteReader
    private var gossip: Gossip
    private var now = Instant(nanoseconds: 1_000_000_000)
    private var counter: UInt32 = 0
    private var commit: OwnCommit?

    private static let mostInputs = 96
    private static let mostMembers = 8
    static let clusterID: UInt64 = 7

    static func run(_ bytes: [UInt8]) {
        guard let pool = try? SubnetPool(network: IPv4Block(parsing: "10.244.0.0/16"), subnetLength: 24) else { return }
        var driver = GossipDriver(bytes, NetworkSettings(pool: pool))
        driver.run()
    }

    private init(_ bytes: [UInt8], _ settings: NetworkSettings) {
        let own = FuzzRecords.record(of: 0)
        let identity = LeaseLedger.Identity(
            clusterID: Self.clusterID, nodeID: own.nodeID, publicKey: own.publicKey, runNonce: 99,
            sign: { _ in FuzzRecords.signature })
        var configuration = GossipConfiguration(
            identity: identity, own: own, reserved: 1 << 16,
            offer: SettingsOffer(settings: settings, agreed: true, named: 1), verifyRecord: { _ in true },
            verifyRevocation: { _ in true }, backend: { _ in own.backend }, hasSeeds: true, randomSeed: 1)
        configuration.mostMembers = Self.mostMembers
        gossip = Gossip(configuration: configuration)
        reader = ByteReader(bytes)
    }

    private mutating func run() {
        take(.start)
        for _ in 0..<Self.mostInputs {
            guard let kind = try? reader.integer(UInt8.self) else { break }
            switch kind % 8 {
            case 0, 1, 2: takeMessages()
            case 3:
                // Up to an hour at a step of the fuzzer's choice.
                let exponent = ((try? reader.integer(UInt8.self)) ?? 0) % 42
                now = Instant(nanoseconds: now.nanoseconds + Int64(1) << Int64(exponent))
                take(.tick)
            case 4:
                if let commit { take(.ledger(.committed(commit.record.version))) }
            case 5: take(.portUnreachable(FuzzRecords.endpoint(of: UInt8((try? reader.integer(UInt8.self)) ?? 0))))
            case 6: take(.ban(FuzzRecords.record(of: (try? reader.integer(UInt8.self)) ?? 0).nodeID))
            default: take(.seeds([FuzzRecords.endpoint(of: (try? reader.integer(UInt8.self)) ?? 1)]))
            }
        }
    }

    /// A datagram of one of a few senders: its header is right, what follows is the fuzzer's, its length told by a byte.
    private mutating func takeMessages() {
        let sender = (try? reader.integer(UInt8.self)) ?? 1
        let length = min(Int((try? reader.integer(UInt16.self)) ?? 0) % 1_300, reader.remaining)
        counter += 1
        let header = DatagramHeader(
            clusterID: Self.clusterID, sender: FuzzRecords.record(of: sender).nodeID, incarnation: UInt64(sender) + 1,
            runNonce: 1, counter: counter)
        let messages = (try? reader.slice(length)).map { Array($0) } ?? []
        take(
            .datagram(
                Datagram(header: header, messages: []).encoded() + messages, from: FuzzRecords.endpoint(of: sender)))
    }

    private mutating func take(_ input: GossipInput) {
        for effect in gossip.handle(input, at: now) { check(effect) }
        precondition(gossip.members.count <= Self.mostMembers + 1)
        if let claim = gossip.ledger?.own.claim {
            precondition(gossip.ledger?.pool.slot(of: claim.subnet) != nil, "claims outside the network")
        }
    }

    private mutating func check(_ effect: GossipEffect) {
        switch effect {
        case .send(let bytes, _):
            precondition(bytes.count + DatagramHeader.sealingOverhead <= DatagramHeader.longestDatagram)
            guard let datagram = try? Datagram(decoding: bytes) else { preconditionFailure("sends what nobody reads") }
            for case .record(let record, _, _) in datagram.messages where record.nodeID == gossip.nodeID {
                precondition(
                    record.claim == nil || record.claim?.subnet == commit?.record.claim?.subnet, "spoken before durable"
                )
            }
        case .commit(let wanted): commit = wanted
        default: break
        }
    }
}
