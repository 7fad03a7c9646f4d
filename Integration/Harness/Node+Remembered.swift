internal import Addressing
internal import Agent
internal import LeaseLedger
internal import LeaseStore

extension Node {
    /// Puts `count` more peers into the store of a node that is stopped: real records of the same cluster, whose machines
    /// never answer. Their subnets are the first of the network that no known node holds.
    func rememberPeers(_ count: Int) throws {
        let store = try LeaseStore(stateDirectory: stateFolder)
        let state = try store.load()
        guard let clusterID = state.clusterID, let pool = state.settings?.pool else {
            throw LabError("\(name) knows no cluster yet")
        }
        let taken = Set(
            state.peers.compactMap { $0.record.claim?.subnet } + [state.own?.claim?.subnet].compactMap { $0 })
        let free = (0..<pool.count).lazy.compactMap { pool.subnet(at: $0) }.filter { !taken.contains($0) }.prefix(count)
        let peers = free.enumerated().map { number, subnet in
            let identity = NodeIdentity()
            let address = AnyIPAddress.v4(IPv4Address(bits: 0xC612_0001 + UInt32(number)))
            let record = NodeRecord(
                nodeID: identity.nodeID, publicKey: identity.publicKey,
                version: RecordVersion(sequence: 1, runNonce: 1), name: "far-\(number)", fingerprint: 0,
                endpoint: Endpoint(address: address, port: 8473), publicIP: address,
                backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(number) << 8)),
                software: "test", claim: Claim(subnet: subnet, claimClass: .confirmed, tenure: 12, epoch: 1))
            return StoredPeer(record: SignedRecord(record) { identity.sign($0, clusterID: clusterID) })
        }
        guard peers.count == count else { throw LabError("\(pool.network) has no room for \(count) peers") }
        try store.writePeers(upserts: peers)
    }
}
