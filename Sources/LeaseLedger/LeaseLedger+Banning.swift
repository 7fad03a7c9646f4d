internal import Addressing

/// A stolen machine is banned: its identity, whatever it claims. For ever: it returns under a new identity.
extension LeaseLedger {
    mutating func ban(_ revocation: SignedRevocation, _ now: Instant, _ effects: inout [LedgerEffect]) {
        let nodeID = revocation.revocation.nodeID
        let claim = table.standingClaim(of: nodeID)?.claim
        guard table.merge(revocation) else { return }
        effects.append(.revocationsChanged)
        live.remove(nodeID)
        acknowledgements.remove(nodeID)
        if nodeID == own.nodeID {
            banSelf(now, &effects)
        } else {
            if let claim { effects.append(.event(.leaseRemoved(nodeID, claim.subnet))) }
            effects.append(.peerChanged(nodeID))
        }
        effects.append(.ownersChanged)
    }

    /// Gives everything up, durably, and claims nothing any more.
    private mutating func banSelf(_ now: Instant, _ effects: inout [LedgerEffect]) {
        if let subnet = own.claim?.subnet { effects.append(.event(.revoked(subnet, by: .banned))) }
        let hasStarted = phase != .stopped
        phase = .idle
        hint = nil
        own.pin = nil
        own.next = nil
        inheritedSince = nil
        own.claim = nil
        if hasStarted { changeOwn(now, &effects) { _ in } }
    }

    package var isBanned: Bool { table.isBanned(own.nodeID) }
}
