import Addressing
import LeaseLedger

@testable import Gossip

/// What a test of one node alone, with peers made up by their words, is made of.
extension NodeRecord {
    static func ofTest(_ number: UInt64) -> NodeRecord {
        NodeRecord(
            nodeID: NodeID(bits: UInt128(number) << 96 | 1), publicKey: Array(repeating: 0, count: 32),
            version: RecordVersion(sequence: 5, runNonce: 1), name: "node-\(number)", fingerprint: number,
            endpoint: Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0100 + UInt32(number))), port: 8473),
            publicIP: .v4(IPv4Address(bits: 0xC0A8_0100)), backend: .alloc, software: "test")
    }
}

extension SignedRecord {
    init(ofTest record: NodeRecord) { self.init(record, sign: { _ in Array(repeating: 1, count: 64) }) }
}

extension GossipConfiguration {
    init(ofTest own: NodeRecord, hasSeeds: Bool) throws {
        self.init(
            identity: LeaseLedger.Identity(
                clusterID: 1, nodeID: own.nodeID, publicKey: own.publicKey, runNonce: 5,
                sign: { _ in Array(repeating: 1, count: 64) }),
            own: own, reserved: 1 << 16, offer: SettingsOffer(settings: try testSettings(), agreed: true, named: 1),
            verifyRecord: { _ in true }, verifyRevocation: { _ in true }, backend: { _ in .alloc }, hasSeeds: hasSeeds,
            randomSeed: 1)
    }
}

extension IncomingDatagram {
    /// The `counter`th datagram of a peer's only run.
    init(ofTest messages: [GossipMessage], by peer: NodeRecord, counter: UInt32, from source: Endpoint) {
        let header = DatagramHeader(
            clusterID: 1, sender: peer.nodeID, incarnation: 5, runNonce: 1, counter: counter)
        self.init(bytes: Datagram(header: header, messages: messages).encoded(), source: source)
    }
}

/// One node whose time passes from deadline to deadline.
protocol TickedNode {
    var gossip: Gossip { get }
    var now: Instant { get set }
    mutating func take(_ input: GossipInput)
}

extension TickedNode {
    mutating func run(for span: Duration) {
        let end = now + span
        while let due = gossip.nextDeadline, due < end {
            now = max(now, due)
            take(.tick)
        }
        now = end
    }
}
