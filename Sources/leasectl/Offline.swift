internal import Addressing
internal import ControlAPI
internal import LeaseLedger
internal import LeaseStore

/// What the database says while no daemon runs.
struct Offline {
    let state: StoredState
    let path: String

    init(database: String) throws(StoreError) {
        state = try LeaseStoreReader(database: database).read().state
        path = database
    }

    /// Every claim that the store remembers and nobody revoked. Who is alive is not known: nobody is said to be.
    var leases: [LeaseInfo] {
        var table = RecordTable()
        for peer in state.peers { _ = table.merge(peer.record) }
        if let own = state.own?.record { _ = table.merge(own) }
        let revoked = Set(state.revocations.map(\.revocation))
        let claims = table.all.compactMap { $0.record.claimant }
            .filter { !revoked.contains(Revocation(banning: $0.nodeID)) }
            .filter { !revoked.contains(Revocation(nodeID: $0.nodeID, claimEpoch: $0.claim.epoch)) }
            .map { (subnet: $0.claim.subnet, source: $0) }
        return LeaseInfo.rows(of: claims, precedes: { $0.precedes($1).wins }) { info(of: $0, in: table) }
    }

    /// The nodes that the store remembers; nobody says now whether they live.
    var members: [MemberInfo] {
        var incarnations: [NodeID: UInt64] = [:]
        let banned = Set(state.revocations.map(\.revocation).filter(\.isBan).map(\.nodeID))
        var records = state.peers.map(\.record.record)
        for peer in state.peers { incarnations[peer.record.nodeID] = peer.incarnation }
        if let own = state.own?.record { records.append(own.record) }
        return records.sorted { ($0.name, $0.nodeID) < ($1.name, $1.nodeID) }.map { record in
            MemberInfo(
                node: record.name, nodeID: record.nodeID.description, address: record.endpoint.description,
                liveness: banned.contains(record.nodeID) ? .banned : .unreachable,
                incarnation: incarnations[record.nodeID] ?? 0, version: record.software)
        }
    }

    private func info(of claimant: Claimant, in table: RecordTable) -> LeaseInfo {
        let record = table[claimant.nodeID]?.record
        var vtepMAC: MACAddress?
        if case .vxlan(_, let address)? = record?.backend { vtepMAC = address }
        let isSelf = claimant.nodeID == state.own?.nodeID
        return LeaseInfo(
            subnet: claimant.claim.subnet, node: record?.name ?? claimant.nodeID.short,
            nodeID: claimant.nodeID.description, publicIP: record?.publicIP ?? .v4(IPv4Address(bits: 0)),
            backend: record?.backend.kind.label ?? "", vtepMAC: vtepMAC,
            leaseClass: LeaseClass(rawValue: claimant.claim.claimClass.label), liveness: .unreachable, isSelf: isSelf,
            seq: record?.version.sequence ?? 0, claimEpoch: claimant.claim.epoch, tenure: claimant.claim.tenure,
            heldSeconds: isSelf ? state.own.map { Int(clamping: $0.tenureSeconds) } : nil)
    }
}
