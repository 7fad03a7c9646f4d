internal import Addressing

/// Owners that are absent. Absent is not dead: they keep their subnets for as long as nobody lacks one.
///
/// When the pool is full, a node without a subnet takes the claim of the owner that has been absent the longest back, by
/// revoking it, never by taking it over. Of several nodes without a subnet the first, by nodeID, revokes the claim of the
/// longest absent, the second that of the next, and so on, so that not more is taken back than is needed. A pinned claim
/// is the operator's, and only he takes it back.
extension LeaseLedger {
    mutating func noteLiveness(_ nodeID: NodeID, _ isLive: Bool, _ now: Instant) {
        if isLive {
            live.insert(nodeID)
            absentSince[nodeID] = nil
        } else {
            live.remove(nodeID)
            noteUnheard(nodeID, now)
        }
    }

    /// A node of which only the record is known is absent until it is heard.
    mutating func noteUnheard(_ nodeID: NodeID, _ now: Instant) {
        if reclaimAfter != nil, !live.contains(nodeID), absentSince[nodeID] == nil { absentSince[nodeID] = now }
    }

    /// When this node may take a claim back, and whose; `nil`: there is none for it.
    private var reclaimable: (at: Instant, owner: NodeID)? {
        guard let reclaimAfter, phase == .exhausted, uncommitted == nil else { return nil }
        let rank = table.all.count { record in
            record.nodeID < own.nodeID && record.record.role == .exhausted && live.contains(record.nodeID)
        }
        let absent = absentSince.filter { nodeID, _ in
            guard let claim = table.standingClaim(of: nodeID)?.claim else { return false }
            return claim.claimClass < .pinned && pool.slot(of: claim.subnet) != nil
        }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        guard absent.indices.contains(rank) else { return nil }
        // A node that sees the smaller part of all may itself be the one that is cut off.
        let patience = live.count + 1 > absent.count ? 1 : Self.minorityPatience
        return (absent[rank].value + reclaimAfter * patience, absent[rank].key)
    }

    var nextReclaim: Instant? { absentSince.isEmpty ? nil : reclaimable?.at }

    mutating func reclaimIfDue(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard phase == .exhausted, !absentSince.isEmpty, let reclaimable, reclaimable.at <= now else { return }
        revoke(reclaimable.owner, .poolPressure, now, &effects)
    }
}
