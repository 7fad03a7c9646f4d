internal import ControlAPI
internal import Inspection
internal import LeaseLedger
internal import LeaseStore

extension Offline {
    /// As the daemon would explain it, from what it knew last; who is alive is not known.
    func explanation(of selection: LeaseSelection) throws -> Explanation {
        guard let settings = state.settings, let clusterID = state.clusterID else {
            throw ControlError(.unavailable, "the database knows no network settings yet; start feltd")
        }
        var table = RecordTable()
        for peer in state.peers { _ = table.merge(peer.record) }
        if let own = state.own?.record { _ = table.merge(own) }
        for stored in state.revocations {
            if let revocation = StoredRevocation.decode(stored.encoded) { _ = table.merge(revocation) }
        }
        return try Explanation(
            selection, in: table, pool: settings.pool, clusterID: clusterID,
            node: { text in
                if text == "self", let own = state.own { return own.nodeID }
                return try table.node(called: text)
            },
            party: { EventInfo.Party(node: table[$0]?.record.name ?? $0.short, nodeID: $0.description) },
            liveness: { _ in .unreachable })
    }
}
