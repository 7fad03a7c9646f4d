internal import Addressing
internal import LeaseLedger
internal import LeaseStore

/// What an import changes, found out before anything is written.
package struct ImportPlan {
    private var clusterID: UInt64?
    private var settings: NetworkSettings?
    private var peers: [StoredPeer] = []
    private var revocations: [StoredRevocation] = []
    private var own: OwnState?
    /// What is done, a sentence each.
    package private(set) var lines: [String] = []

    /// Felt's own document: what the database does not know yet.
    package init(_ document: FeltDocument, into target: ImportTarget) throws {
        let state = target.state
        if let theirs = document.clusterID, let mine = state.clusterID, theirs != mine {
            throw DocumentError(
                target.document, at: "cluster",
                "is \(ClusterText.of(theirs)), and this node belongs to \(ClusterText.of(mine)); import it into another "
                    + "state directory", kind: .conflict)
        }
        if let settings = document.settings { try take(settings, target) }
        clusterID = state.clusterID ?? document.clusterID
        if state.clusterID == nil, let clusterID { lines.append("join cluster \(ClusterText.of(clusterID))") }
        var known = Dictionary(state.peers.map { ($0.record.nodeID, $0.record.version) }) { first, _ in first }
        // The newest first: a document that was put together by hand may have a node twice.
        for peer in document.peers.sorted(by: { $0.record.version > $1.record.version }) {
            let (nodeID, version) = (peer.record.nodeID, peer.record.version)
            guard nodeID != state.own?.nodeID, known[nodeID].map({ $0 < version }) ?? true else { continue }
            known[nodeID] = version
            peers.append(peer)
        }
        for peer in peers {
            let claim = peer.record.claim.map { ", \($0.subnet)" } ?? ", no subnet"
            lines.append("take the record of \(peer.record.record.name) (\(peer.record.nodeID.short))\(claim)")
        }
        var revoked = Set(state.revocations.map(\.revocation))
        revocations = document.revocations.filter { revoked.insert($0.revocation).inserted }
        for revocation in revocations {
            lines.append("take the revocation of \(revocation.revocation.nodeID.short)'s claim")
        }
    }

    /// flannel's: the settings, and this machine's lease as a pinned claim.
    package init(_ document: FlannelDocument, lease: FlannelDocument.Lease?, into target: ImportTarget) throws {
        clusterID = target.state.clusterID
        try take(document.settings, target)
        guard let lease else { return }
        try checkFree(lease, target)
        var own = target.state.own ?? OwnState(nodeID: OwnState.nobody)
        if let held = own.claim, held.subnet != lease.subnet {
            throw DocumentError(
                target.document, at: lease.key,
                "this node holds \(held.subnet) already; release it first (leasectl release), or leave it as it is",
                kind: .conflict)
        }
        let address = lease.vtepMAC.flatMap { $0.isUnicast ? $0 : nil }
        guard own.claim?.claimClass != .pinned || own.vtepMAC != address ?? own.vtepMAC else { return }
        let highest = target.state.peers.compactMap(\.record.claim?.epoch).max() ?? 0
        let epoch = own.claim?.epoch ?? min(highest + 1, NodeRecord.largestCounter)
        own.claim = Claim(subnet: lease.subnet, claimClass: .pinned, epoch: epoch)
        own.hint = lease.subnet
        lines.append("pin \(lease.subnet) to this node, as flannel's lease of \(lease.publicIP)")
        if let address {
            own.vtepMAC = address
            lines.append("keep \(address) as the VXLAN device's address")
        }
        self.own = own
    }

    private func checkFree(_ lease: FlannelDocument.Lease, _ target: ImportTarget) throws {
        for peer in target.state.peers {
            guard let claim = peer.record.claim, claim.subnet.overlaps(lease.subnet),
                peer.record.nodeID != target.state.own?.nodeID
            else { continue }
            throw DocumentError(
                target.document, at: lease.key,
                "\(claim.subnet) is claimed by \(peer.record.record.name) (\(peer.record.nodeID.short)); release it there "
                    + "first", kind: .conflict)
        }
    }

    private mutating func take(_ settings: NetworkSettings, _ target: ImportTarget) throws {
        guard let mine = target.state.settings, target.state.settingsAgreed else {
            self.settings = settings
            lines.append(
                "take the network \(settings.pool.network), subnets /\(settings.pool.subnetLength) from "
                    + "\(settings.pool.subnetMin) to \(settings.pool.subnetMax), backend \(settings.backend.label)")
            return
        }
        guard mine == settings else {
            throw DocumentError(
                target.document, at: "settings",
                "are network \(settings.pool.network), backend \(settings.backend.label), and this node's cluster has "
                    + "\(mine.pool.network), \(mine.backend.label), or differ in subnets, VNI or port; a node has one "
                    + "network: import it into another state directory", kind: .conflict)
        }
    }

    /// Writes it; each part is durable before the next, and doing all of it again changes nothing.
    package func carryOut(in target: ImportTarget) throws {
        guard !lines.isEmpty else { return }
        let store = try LeaseStore(stateDirectory: target.stateDirectory)
        _ = try store.load()
        if settings != nil || clusterID != target.state.clusterID {
            try store.saveSettings(clusterID: clusterID, settings ?? target.state.settings, agreed: true)
        }
        if let own { try store.commitOwn(own) }
        try store.writePeers(upserts: peers)
        try store.writeRevocations(additions: revocations)
        try store.checkpoint()
    }
}
