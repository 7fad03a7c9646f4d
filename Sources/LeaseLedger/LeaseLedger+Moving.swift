internal import Addressing

/// Moving to another subnet: because the operator has pinned one, or wants the present one drained.
///
/// The record carries both claims meanwhile. The new one is TENTATIVE, so nobody routes to it and nobody else takes it;
/// once it is confirmed as any claim is, one record puts it in the present one's place, and peers replace the route in
/// one step. At no moment the node is without a subnet.
extension LeaseLedger {
    mutating func advanceMove(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard let claim = own.claim, claim.claimClass >= .isolated, inheritedSince == nil else { return }
        if let next = own.next {
            giveUpIfPreceded(next, now, &effects)
            changeOverIfDue(now, &effects)
        }
        // One after the other: the next claim is made when all before is on the disk.
        guard own.next == nil, uncommitted == nil, let target = moveTarget else { return }
        let epoch = nextEpoch
        acknowledgements = []
        preparingSince = now
        effects.append(.event(.claimed(target)))
        changeOwn(now, &effects) { $0.next = Claim(subnet: target, claimClass: .tentative, epoch: epoch) }
    }

    /// Where the present claim should move now, if anywhere.
    var moveTarget: IPv4Block? {
        guard let claim = own.claim else { return nil }
        if let pin = own.pin {
            guard pin != claim.subnet, isFree(pin) else { return nil }
            return pin
        }
        return draining == claim.subnet ? nextSubnet(besides: claim.subnet) : nil
    }

    private mutating func giveUpIfPreceded(_ next: Claim, _ now: Instant, _ effects: inout [LedgerEffect]) {
        let mine = Claimant(nodeID: own.nodeID, claim: next)
        if let revocation = table.revocations[Revocation(nodeID: own.nodeID, claimEpoch: next.epoch)] {
            effects.append(.event(.revoked(next.subnet, by: revocation.reason)))
            avoided = next.subnet
            if own.pin == next.subnet { own.pin = configuredPin }
        } else if let winner = precedingClaimant(over: mine) {
            effects.append(.event(.lost(next.subnet, to: winner.nodeID, by: winner.precedes(mine).by)))
        } else {
            return
        }
        preparingSince = nil
        changeOwn(now, &effects) { $0.next = nil }
    }

    private mutating func changeOverIfDue(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard let former = own.claim, let next = own.next, let since = preparingSince, uncommitted == nil,
            table[own.nodeID]?.record.next == next
        else { return }
        let isDue =
            live.isEmpty || everybodyAgrees || since + floodingTime + floodingTime <= now
        guard isDue else { return }
        let isPinned = own.pin == next.subnet
        let claimClass: ClaimClass = isPinned ? .pinned : live.isEmpty ? .isolated : .confirmed
        hint = next.subnet
        heldSince = now
        preparingSince = nil
        draining = nil
        phase = claimClass == .isolated ? .claiming(since: now) : .holding
        effects.append(.event(.moved(from: former.subnet, to: next.subnet)))
        changeOwn(now, &effects) { record in
            record.claim = Claim(subnet: next.subnet, claimClass: claimClass, epoch: next.epoch)
            record.next = nil
        }
        effects.append(.ownersChanged)
    }

    mutating func abandonMove() {
        own.next = nil
        draining = nil
        preparingSince = nil
    }
}
