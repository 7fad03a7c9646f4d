internal import Addressing
internal import Agent
internal import Glibc
internal import Gossip
internal import LeaseLedger

/// Valid inputs of the binary targets, from which the fuzzer finds the way in.
enum Seeds {
    static func write(to folder: String) throws {
        let record = FuzzRecords.record(of: 1)
        var claiming = record
        claiming.claim = Claim(
            subnet: try IPv4Block(parsing: "10.244.7.0/24"), claimClass: .confirmed, tenure: 9, epoch: 3)
        claiming.security = NodeSecurity(agreementKey: [UInt8](repeating: 5, count: 32), keyIDs: [1, 2])
        let signed = SignedRecord(claiming, sign: { _ in FuzzRecords.signature })
        let revocation = SignedRevocation(
            Revocation(banning: record.nodeID), issuerKey: record.publicKey, reason: .banned,
            sign: { _ in FuzzRecords.signature })
        let settings = NetworkSettings(
            pool: try SubnetPool(network: IPv4Block(parsing: "10.244.0.0/16"), subnetLength: 24))
        let offer = SettingsOffer(settings: settings, agreed: true, named: 1)
        let messages: [GossipMessage] = [
            .ping(sequence: 1, target: FuzzRecords.record(of: 0).nodeID, tableHash: 1),
            .acknowledgement(sequence: 1, tableHash: 2),
            .indirectPing(sequence: 1, target: record.nodeID, endpoint: record.endpoint),
            .negativeAcknowledgement(sequence: 1),
            .liveness(
                LivenessUpdate(nodeID: record.nodeID, incarnation: 2, liveness: .suspect, accuser: record.nodeID)),
            .record(signed, liveness: .alive, incarnation: 2), .revocation(revocation), .hello(offer, tableHash: 1),
            .welcome(offer, tableHash: 2), .buckets((0..<256).map { UInt32($0) }),
            .summary(bucket: 1, last: true, entries: [.record(record.nodeID, RecordVersion(sequence: 9, runNonce: 1))]),
            .summarised(differing: 1), .want([.record(record.nodeID, record.version)]),
            .claimAcknowledged(record.version), .view([ViewEntry(nodeID: record.nodeID, incarnation: 3)]),
            .stale(incarnation: 4), .keyRing([1, 2, 3]), .announcement,
        ]
        let header = DatagramHeader(
            clusterID: GossipDriver.clusterID, sender: record.nodeID, incarnation: 2, runNonce: 1, counter: 1)
        var story: [UInt8] = []
        for (index, message) in messages.enumerated() {
            let datagram = Datagram(header: header, messages: [message]).encoded()
            try write(datagram, "\(folder)/datagram", index)
            let bytes = message.encoded()
            let step = [UInt8(0), 1, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
            try write(step + [4, 3, 30, 3, 31], "\(folder)/gossip", index)
            if bytes.count < 300 { story += step + [4, 3, 29] }
        }
        try write(story, "\(folder)/gossip", messages.count)
        try write(record.encoded(), "\(folder)/record", 0)
        try write(claiming.encoded(), "\(folder)/record", 1)
        try write(revocation.body, "\(folder)/record", 2)
        guard let key = ClusterKey(bytes: Array(0..<32)), let other = ClusterKey(bytes: Array(1..<33)),
            let ring = KeyRing([key]), let both = KeyRing([other, key])
        else { return }
        var rotated = KeyRingState(ring)
        try rotated.add(other)
        try rotated.use(other.id)
        try rotated.remove(key.id)
        for (index, state) in [KeyRingState(ring), KeyRingState(both), rotated].enumerated() {
            try write(state.encoded, "\(folder)/keyring", index)
        }
        try write(KeyRingState(ring).encoded + rotated.encoded, "\(folder)/keyring", 3)
        for (index, ring) in [ring, nil].enumerated() {
            let sealer = DatagramSealer(ring: ring)
            try write(
                sealer.seal(Datagram(header: header, messages: [messages[0]]).encoded()), "\(folder)/sealed", index)
        }
        let token = JoinToken(key: key, clusterID: 7, seeds: [record.endpoint])
        try write(Array(token.text.utf8), "\(folder)/token", 0)
        try StoreSeeds.write(to: folder)
    }

    static func write(_ bytes: [UInt8], _ folder: String, _ number: Int) throws {
        mkdir(folder, 0o755)
        let file = open("\(folder)/seed-\(number)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        guard file >= 0 else { throw SystemError(code: errno) }
        defer { close(file) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count else { throw SystemError(code: errno) }
    }

    private struct SystemError: Error { var code: Int32 }
}
