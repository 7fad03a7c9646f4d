internal import Addressing
internal import ControlAPI
internal import Documents
internal import LeaseLedger
internal import LeaseStore

/// Valid databases and documents, of one made-up cluster whose signatures hold.
enum StoreSeeds {
    private static let clusterID: UInt64 = 7

    static func write(to folder: String) throws {
        let state = try state()
        guard let settings = state.settings else { return }
        let felt = Array(try FeltDocument.tree(state, leases: []).line.utf8)
        try Seeds.write(felt, "\(folder)/document", 0)
        for (number, form) in try flannelForms(settings).enumerated() {
            try Seeds.write(Array(form.utf8), "\(folder)/document", number + 1)
        }
        try writeDatabases(of: state, to: folder)
    }

    /// The three forms in which one has flannel's keys in a file.
    private static func flannelForms(_ settings: NetworkSettings) throws -> [String] {
        let lease = LeaseInfo(
            subnet: try IPv4Block(parsing: "10.244.9.0/24"), node: "a", nodeID: "x",
            publicIP: .v4(try IPv4Address(parsing: "192.168.0.9")), backend: "vxlan",
            vtepMAC: MACAddress(locallyAdministered: 9), leaseClass: .confirmed, liveness: .alive, isSelf: true,
            seq: 1, claimEpoch: 1, tenure: 0)
        let entries = FlannelDocument.entries(settings, [lease])
        let pairs = entries.map { entry in
            JSONValue.object([
                .init("key", .string(DocumentFile.base64(Array(entry.key.utf8)))),
                .init("value", .string(DocumentFile.base64(Array(entry.value.line.utf8)))),
            ])
        }
        return [
            entries.map { "\($0.key)\n\($0.value.line)\n" }.joined(),
            JSONValue.object(entries.map { .init($0.key, $0.value) }).line,
            JSONValue.object([.init("kvs", .array(pairs))]).line,
        ]
    }

    private static func writeDatabases(of state: StoredState, to folder: String) throws {
        var failure: (any Error)?
        Scratch.withFolder { scratch in
            do {
                let path = scratch + "/felt.db"
                do { try fill(try LeaseStore(stateDirectory: scratch), with: state) }
                try Seeds.write(RowDriver.encoded(path), "\(folder)/row", 0)
                // Of SQLite's smallest pages, as more of such a file means something.
                RawDatabase(path).execute("PRAGMA page_size = 512; VACUUM")
                try Seeds.write(Scratch.read(path) ?? [], "\(folder)/database", 0)
                RawDatabase(path).execute("PRAGMA user_version = 99")
                try Seeds.write(Scratch.read(path) ?? [], "\(folder)/database", 1)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private static func fill(_ store: LeaseStore, with state: StoredState) throws {
        try store.saveKeys([Array(0..<32)])
        try store.saveSettings(clusterID: state.clusterID, state.settings, agreed: true)
        if let own = state.own { try store.commitOwn(own) }
        try store.writePeers(upserts: state.peers)
        try store.writeRevocations(additions: state.revocations)
        try store.append(events: [JournalEvent(kind: "claimed", json: #"{"subnet":"10.244.1.0/24"}"#, bootSeconds: 9)])
    }

    private static func state() throws -> StoredState {
        var state = StoredState()
        state.clusterID = clusterID
        state.settings = NetworkSettings(
            pool: try SubnetPool(network: IPv4Block(parsing: "10.244.0.0/16"), subnetLength: 24))
        state.settingsAgreed = true
        let nodes = [UInt8(1), 2].compactMap { number in
            NodeIdentity(privateKeyBytes: [UInt8](repeating: number, count: 32))
        }
        guard nodes.count == 2 else { return state }
        let own = try record(of: nodes[0], 1, sequence: 1)
        state.own = OwnState(
            nodeID: nodes[0].nodeID, sequenceReserved: 64, incarnationReserved: 8, record: own, claim: own.claim,
            tenureSeconds: 9, hint: own.claim?.subnet, vtepMAC: MACAddress(locallyAdministered: 1))
        state.peers = [
            StoredPeer(record: try record(of: nodes[1], 2, sequence: 3), incarnation: 2, unreachableSeconds: 5)
        ]
        let revocation = SignedRevocation(
            Revocation(nodeID: nodes[1].nodeID, claimEpoch: 1), issuerKey: nodes[0].publicKey, reason: .operatorRequest,
            sign: { nodes[0].sign($0, clusterID: clusterID) })
        state.revocations = [StoredRevocation(revocation)]
        return state
    }

    private static func record(of node: NodeIdentity, _ number: UInt8, sequence: UInt64) throws -> SignedRecord {
        let made = FuzzRecords.record(of: number)
        let record = NodeRecord(
            nodeID: node.nodeID, publicKey: node.publicKey, version: RecordVersion(sequence: sequence, runNonce: 1),
            name: made.name, fingerprint: 1, endpoint: made.endpoint, publicIP: made.publicIP, backend: made.backend,
            software: made.software,
            claim: Claim(
                subnet: try IPv4Block(parsing: "10.244.\(number).0/24"), claimClass: .confirmed, tenure: 9, epoch: 3))
        return SignedRecord(record) { node.sign($0, clusterID: clusterID) }
    }
}
