import Addressing
import LeaseLedger
import Testing

@testable import Gossip

@Suite struct WireTests {
    private func anyRecord(_ random: inout SplitMix64) throws -> SignedRecord {
        var record = NodeRecord(
            nodeID: anyNodeID(&random), publicKey: Array(repeating: 7, count: 32),
            version: RecordVersion(sequence: UInt64.random(in: 0..<1 << 40, using: &random), runNonce: random.next()),
            name: "node-ä\(random.next() % 100)", fingerprint: random.next(),
            endpoint: Endpoint(address: .v4(IPv4Address(bits: 0x0A00_0001)), port: 8473),
            publicIP: .v6(IPv6Address(bits: 1)), backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: 5)),
            software: "0.1.0")
        if Bool.random(using: &random) {
            record.claim = Claim(
                subnet: try IPv4Block(parsing: "10.244.7.0/24"), claimClass: .confirmed, tenure: 3, epoch: 9)
            record.next = Claim(
                subnet: try IPv4Block(parsing: "10.244.8.0/24"), claimClass: .tentative, epoch: 10)
            record.pin = record.next?.subnet
        }
        if Bool.random(using: &random) {
            record.security = NodeSecurity(agreementKey: Array(repeating: 4, count: 32), keyIDs: [1, 2])
        }
        return SignedRecord(record, sign: { _ in Array(repeating: 1, count: 64) })
    }

    private func anyNodeID(_ random: inout SplitMix64) -> NodeID {
        NodeID(bits: UInt128(random.next()) << 64 | UInt128(random.next()))
    }

    private func everyMessage(_ random: inout SplitMix64) throws -> [GossipMessage] {
        let nodeID = anyNodeID(&random)
        let endpoint = Endpoint(address: .v4(IPv4Address(bits: 0x0A00_0002)), port: 1)
        let version = RecordVersion(sequence: 4, runNonce: random.next())
        let offer = SettingsOffer(settings: try testSettings(), agreed: true, named: 2)
        let revocation = Revocation(nodeID: nodeID, claimEpoch: 12)
        return [
            .ping(sequence: 1, target: nodeID, tableHash: random.next()),
            .acknowledgement(sequence: 2, tableHash: random.next()),
            .indirectPing(sequence: 3, target: nodeID, endpoint: endpoint),
            .negativeAcknowledgement(sequence: 4),
            .liveness(LivenessUpdate(nodeID: nodeID, incarnation: 5, liveness: .suspect, accuser: nodeID)),
            .record(try anyRecord(&random), liveness: .alive, incarnation: 6),
            .revocation(
                SignedRevocation(
                    revocation, issuerKey: Array(repeating: 3, count: 32), reason: .operatorRequest,
                    sign: { _ in Array(repeating: 2, count: 64) })),
            .hello(offer, tableHash: 7), .welcome(offer, tableHash: 8),
            .buckets((0..<256).map { UInt32($0) }),
            .summary(bucket: 9, last: true, entries: [.record(nodeID, version), .revocation(revocation)]),
            .summarised(differing: 10), .want([.record(nodeID, version)]), .claimAcknowledged(version),
            .view([ViewEntry(nodeID: nodeID, incarnation: 11)]), .stale(incarnation: 12),
            .keyRing([1, 2, 3]), .announcement,
        ] + orders(nodeID, try IPv4Block(parsing: "10.244.7.0/24"))
    }

    private func orders(_ nodeID: NodeID, _ subnet: IPv4Block) -> [GossipMessage] {
        let orders: [LeaseOrder] = [.pin(subnet), .takeAny, .release, .leave, .drain]
        let outcomes: [OrderOutcome] = [
            .unchanged, .pins(subnet), .claims(subnet), .moves(to: subnet), .waits(for: subnet, heldBy: nodeID),
            .gives(subnet), .gives(nil), .outsidePool(subnet), .poolFull, .holdsNothing, .isPinned(subnet), .notReady,
        ]
        return orders.map { .order($0, number: 1, run: 2, onlyAsking: $0 == .drain) }
            + outcomes.map { .orderAnswered($0, number: 3) }
    }

    private func datagram(_ messages: [GossipMessage], _ random: inout SplitMix64) -> Datagram {
        Datagram(
            header: DatagramHeader(
                clusterID: 1, sender: anyNodeID(&random), incarnation: 2, runNonce: 3, counter: 4),
            messages: messages)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `every message survives encoding`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for message in try everyMessage(&random) {
            let sent = datagram([message], &random)
            #expect(try Datagram(decoding: sent.encoded()) == sent, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `a datagram cut anywhere but between messages is refused`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for message in try everyMessage(&random) {
            let bytes = datagram([message], &random).encoded()
            // What a ring holds, and where it ends, is the receiver's business: its length stands before it.
            for length in 0..<bytes.count where length != DatagramHeader.length {
                #expect(throws: DecodingFailure.self, "seed \(seed), \(length) bytes of \(message)") {
                    try Datagram(decoding: Array(bytes.prefix(length)))
                }
            }
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `altered bytes are refused or decode to something, and never trap`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let messages = try everyMessage(&random)
        for _ in 0..<5_000 {
            guard let message = messages.randomElement(using: &random) else { continue }
            var bytes = datagram([message], &random).encoded()
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let decoded = try? Datagram(decoding: bytes) { _ = decoded.encoded() }
        }
    }

    @Test func `a message of a later release is skipped, and those around it are read`() throws {
        var random = SplitMix64(seed: 1)
        var bytes = datagram([.negativeAcknowledgement(sequence: 1)], &random).encoded()
        bytes += [200, 0, 3, 1, 2, 3]
        bytes += GossipMessage.stale(incarnation: 5).encoded()
        #expect(
            try Datagram(decoding: bytes).messages == [
                .negativeAcknowledgement(sequence: 1), .stale(incarnation: 5),
            ])
    }

    @Test func `a datagram of a newer release is read if it says that this one may`() throws {
        var random = SplitMix64(seed: 1)
        let sent = datagram([.negativeAcknowledgement(sequence: 1)], &random)
        var bytes = sent.encoded()
        bytes[0] = DatagramHeader.protocolVersion + 1
        #expect(try Datagram(decoding: bytes) == sent)
        bytes[1] = DatagramHeader.protocolVersion + 1
        #expect(throws: DecodingFailure.unknownFormat(bytes[0])) { try Datagram(decoding: bytes) }
        bytes[0] = DatagramHeader.oldestUnderstood - 1
        #expect(throws: DecodingFailure.unknownFormat(bytes[0])) { try Datagram(decoding: bytes) }
    }

    @Test func `fields that a later release appends to a message are passed over`() throws {
        var random = SplitMix64(seed: 1)
        var bytes = datagram([], &random).encoded()
        bytes += [4, 0, 6, 0, 0, 0, 1, 99, 99]
        bytes += GossipMessage.stale(incarnation: 5).encoded()
        #expect(
            try Datagram(decoding: bytes).messages == [
                .negativeAcknowledgement(sequence: 1), .stale(incarnation: 5),
            ])
    }

    @Test func `a record at hand is taken only if the bytes are the same`() throws {
        var random = SplitMix64(seed: 1)
        let record = try anyRecord(&random)
        let bytes = datagram([.record(record, liveness: .alive, incarnation: 1)], &random).encoded()
        var asked = 0
        let known = { (nodeID: NodeID, version: RecordVersion) -> SignedRecord? in
            asked += 1
            return nodeID == record.nodeID && version == record.version ? record : nil
        }
        #expect(try Datagram(decoding: bytes, known: known).messages.count == 1)
        #expect(asked == 1)
        var altered = bytes
        altered[60] ^= 1  // of the signature
        let message = try Datagram(decoding: altered, known: known).messages.first
        guard case .record(let other, _, _) = message else { return #expect(Bool(false), "\(message as Any)") }
        #expect(other != record)
    }

    @Test(arguments: 0...255 as ClosedRange<UInt8>)
    func `a length that the sender only claims is refused before anything is made of it`(kind: UInt8) {
        var random = SplitMix64(seed: 1)
        let header = datagram([], &random).encoded()
        for claimed in [1, 255, 65_535] {
            let bytes = header + [kind, UInt8(claimed >> 8), UInt8(claimed & 255)]
            #expect(throws: DecodingFailure.truncated) { try Datagram(decoding: bytes) }
        }
    }

    @Test func `an absurd incarnation is refused`() throws {
        var random = SplitMix64(seed: 1)
        let absurd = datagram([.stale(incarnation: 1 << 60)], &random).encoded()
        #expect(throws: DecodingFailure.valueOutOfRange) { try Datagram(decoding: absurd) }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `a replay window takes each counter once in any order within its width`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var window = ReplayWindow(runNonce: 1, counter: 1_000)
        var taken: Set<UInt32> = [1_000]
        var highest: UInt32 = 1_000
        for _ in 0..<2_000 {
            let counter = UInt32.random(in: highest - 100...highest + 20, using: &random)
            let admitted = window.admit(counter)
            #expect(admitted == !taken.contains(counter), "seed \(seed)")
            taken.insert(counter)
            highest = max(highest, counter)
            taken = taken.union(Set((highest - 121...highest).filter { $0 < 1_000 && $0 + 128 <= 1_000 }))
        }
    }
}
