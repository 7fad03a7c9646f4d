internal import Addressing
internal import Agent
internal import Dataplane
internal import LeaseLedger
internal import LeaseStore

/// Makes the state directory of a node that knows many peers: real identities, signed records, one store.
struct StoreMaker {
    let directory: String
    let peers: Int

    func make() throws {
        let identity = NodeIdentity()
        let key = ClusterKey()
        let settings = try Scene.settings(peers: peers)
        let store = try LeaseStore(stateDirectory: directory)
        guard let stored = Identity(privateKey: identity.privateKeyBytes, fingerprint: MachineFingerprint.read()) else {
            throw BenchFailure("the identity has no key")
        }
        try IdentityFile(stateDirectory: directory).create(stored)
        let own = record(
            identity, name: "bench", address: IPv4Address(bits: 0xC0A8_3201), mac: Scene.mac, subnet: Scene.ownSubnet)
        try store.commitOwn(
            OwnState(
                nodeID: identity.nodeID, sequenceReserved: 1 << 16, incarnationReserved: 1 << 16,
                record: SignedRecord(own) { identity.sign($0, clusterID: key.clusterID) }, claim: own.claim,
                tenureSeconds: 1_000, hint: Scene.ownSubnet, vtepMAC: Scene.mac))
        try store.saveSettings(clusterID: key.clusterID, settings, agreed: true)
        try store.saveKeys([key.bytes])
        try store.writePeers(
            upserts: (0..<peers).map { peer in
                let owner = NodeIdentity()
                let record = record(
                    owner, name: "peer-\(peer)", address: Scene.endpoint(peer), mac: Scene.mac(peer),
                    subnet: Scene.subnet(peer))
                return StoredPeer(
                    record: SignedRecord(record) { owner.sign($0, clusterID: key.clusterID) }, incarnation: 7)
            })
    }

    private func record(
        _ identity: NodeIdentity, name: String, address: IPv4Address, mac: MACAddress, subnet: IPv4Block
    ) -> NodeRecord {
        NodeRecord(
            nodeID: identity.nodeID, publicKey: identity.publicKey, version: RecordVersion(sequence: 100, runNonce: 1),
            name: name, fingerprint: 0, endpoint: Endpoint(address: .v4(address), port: 8473), publicIP: .v4(address),
            backend: .vxlan(vni: 1, vtepMAC: mac), software: Launcher.release,
            claim: Claim(subnet: subnet, claimClass: .confirmed, tenure: 10, epoch: 10))
    }
}
