internal import Addressing

/// The own record's versions, and the merge of the others'.
extension LeaseLedger {
    /// Writes the next version of the own record. One that changes the claim, or outgrows the reservation, is committed
    /// before anybody hears of it; another is announced at once.
    /// - Parameter leaps: whether the sequence must move as by a change of the claim, though there is none.
    mutating func changeOwn(
        _ now: Instant, _ effects: inout [LedgerEffect], leaps: Bool = false, _ change: (inout NodeRecord) -> Void
    ) {
        let spoken = table[own.nodeID].map { Standing($0.record) }
        change(&own)
        let standing = Standing(own)
        if standing == durable, !leaps {
            own.version.sequence += 1
        } else {
            // Above the epoch as well: the sequence is on the disk whatever becomes of the claim, and so no epoch is used
            // twice.
            let epoch = min(standing.highestEpoch, Self.largestKeptEpoch)
            own.version.sequence = max(own.version.sequence, reserved, epoch * Self.leap) + Self.leap
        }
        let signed = SignedRecord(own, sign: identity.sign)
        let isDurable = standing == durable && spoken.map { $0 == standing } ?? (own.claim == nil)
        guard uncommitted != nil || !isDurable || own.version.sequence >= reserved else {
            mergeOwn(signed, &effects)
            return effects.append(.announce(signed))
        }
        reserved = max(reserved, own.version.sequence + Self.reservation / 2)
        uncommitted = signed
        durable = standing
        effects.append(.commit(OwnCommit(record: signed, reserved: reserved, hint: hint)))
    }

    private mutating func mergeOwn(_ signed: SignedRecord, _ effects: inout [LedgerEffect]) {
        let revocations = table.revocations.count
        _ = table.merge(signed)
        if table.revocations.count != revocations { effects.append(.revocationsChanged) }
    }

    mutating func committed(_ version: RecordVersion, _ effects: inout [LedgerEffect]) {
        guard let signed = uncommitted, signed.version == version else { return }
        uncommitted = nil
        mergeOwn(signed, &effects)
        effects.append(.announce(signed))
        effects.append(.ownersChanged)
    }

    mutating func locate(
        _ endpoint: Endpoint, _ publicIP: AnyIPAddress, _ backend: BackendData, _ now: Instant,
        _ effects: inout [LedgerEffect]
    ) {
        guard own.endpoint != endpoint || own.publicIP != publicIP || own.backend != backend else { return }
        let change = { (record: inout NodeRecord) in
            record.endpoint = endpoint
            record.publicIP = publicIP
            record.backend = backend
        }
        if phase == .stopped { change(&own) } else { changeOwn(now, &effects, change) }
    }

    mutating func merge(_ record: SignedRecord, _ now: Instant, _ effects: inout [LedgerEffect]) {
        guard record.nodeID != own.nodeID else { return adopt(record, now, &effects) }
        let revocations = table.revocations.count
        let previous: SignedRecord?
        switch table.merge(record) {
        case .known: return
        case .added: previous = nil
        case .replaced(let older): previous = older
        }
        if table.revocations.count != revocations { effects.append(.revocationsChanged) }
        noteUnheard(record.nodeID, now)
        effects.append(.peerChanged(record.nodeID))
        acknowledge(record, &effects)
        report(record, after: previous, &effects)
    }

    mutating func merge(_ revocation: SignedRevocation, _ now: Instant, _ effects: inout [LedgerEffect]) {
        if revocation.revocation.isBan { return ban(revocation, now, &effects) }
        guard table.merge(revocation) else { return }
        effects.append(.revocationsChanged)
        let (nodeID, epoch) = (revocation.revocation.nodeID, revocation.revocation.claimEpoch)
        let claim = table[nodeID]?.claim
        if let claim, claim.epoch == epoch, nodeID != own.nodeID {
            effects.append(.event(.leaseRevoked(nodeID, claim.subnet, by: revocation.reason)))
        }
        effects.append(.ownersChanged)
    }

    /// A newer record of this node than its own: of an earlier run whose end the store has lost (an old copy was
    /// restored), or of another machine with the same identity. The first is adopted; a run that overtakes again and
    /// again is alive.
    private mutating func adopt(_ record: SignedRecord, _ now: Instant, _ effects: inout [LedgerEffect]) {
        let version = record.version
        guard version > own.version, version.runNonce != own.version.runNonce else { return }
        overtakes[version.runNonce, default: 0] += 1
        if overtakes[version.runNonce, default: 0] >= 3,
            (own.claim?.tenure ?? 0, own.version.runNonce) < (record.claim?.tenure ?? 0, version.runNonce)
        {
            return effects.append(.takeNewIdentity)
        }
        if overtakes.count > 64 { overtakes = [:] }
        effects.append(.event(.adopted(version)))
        // Beyond all that the other run can have said of this claim of its; not beyond its next claim.
        own.version.sequence = version.sequence + Self.reservation
        durable = Standing(record.record)
        own.pin = configuredPin ?? record.record.pin
        abandonMove()
        inherit(record.record, now)
        changeOwn(now, &effects) { _ in }
        effects.append(.ownersChanged)
    }

    /// Goes on with what another run of this node claimed, or with its wanting none; what it gave up is void.
    private mutating func inherit(_ record: NodeRecord, _ now: Instant) {
        guard let theirs = record.claim else {
            if record.role.wantsNone {
                own.role = record.role
                phase = .idle
            } else if own.claim != nil {
                phase = .listening(until: now)
            }
            own.claim = nil
            return
        }
        guard accepts(theirs.subnet), phase != .idle else { return }
        inheritedSince = now
        if var mine = own.claim, mine.subnet == theirs.subnet, mine.epoch == theirs.epoch {
            // One claim in two records: it is as firm as in the firmer.
            mine.claimClass = max(mine.claimClass, theirs.claimClass)
            mine.tenure = max(mine.tenure, theirs.tenure)
            own.claim = mine
        } else {
            own.claim = theirs
            acknowledgements = []
            phase = .claiming(since: now)
        }
        let heldFor = Duration.seconds(Int64(1) << Int64(min(theirs.tenure, 40)))
        heldSince = min(heldSince, Instant(nanoseconds: now.nanoseconds &- heldFor.wholeNanoseconds))
        if let claim = own.claim, claim.claimClass > .isolated { phase = .holding }
    }

    /// Tells the owner of claims that are not confirmed yet that nothing here precedes any of them.
    private func acknowledge(_ record: SignedRecord, _ effects: inout [LedgerEffect]) {
        if agrees(to: record) { effects.append(.acknowledge(record.nodeID, record.version)) }
    }

    /// Whether the record has claims that wait for acknowledgements, and nothing here precedes any of them.
    package func agrees(to record: SignedRecord) -> Bool {
        let waiting = record.record.claimants.filter { $0.claim.claimClass <= .isolated }
        return !waiting.isEmpty && live.count <= Self.mostAcknowledgers
            && waiting.allSatisfy { claimant in
                let subnet = claimant.claim.subnet
                return table.claims(on: subnet).allSatisfy { !$0.precedes(claimant).wins || $0 == claimant }
                    && own.claimant(on: subnet)?.precedes(claimant).wins != true
            }
    }

    private func report(_ record: SignedRecord, after previous: SignedRecord?, _ effects: inout [LedgerEffect]) {
        let (nodeID, new, old) = (record.nodeID, record.record, previous?.record)
        let held = { (claim: Claim?) in claim.flatMap { $0.claimClass > .tentative ? $0.subnet : nil } }
        let (before, after) = (held(old?.claim), held(new.claim))
        if before != after || old?.claim?.epoch != new.claim?.epoch {
            if let before, before != after { effects.append(.event(.leaseRemoved(nodeID, before))) }
            if let after, before != after { effects.append(.event(.leaseAdded(nodeID, after))) }
        } else if let after, let old, old.backend != new.backend {
            effects.append(.event(.leaseChanged(nodeID, after)))
        }
        if let old, old.publicIP != new.publicIP {
            effects.append(.event(.addressChanged(nodeID, from: old.publicIP, to: new.publicIP)))
        }
        reportConflict(on: after, &effects)
        if old?.name != new.name {
            for other in table.records(named: new.name) where other.nodeID != nodeID {
                effects.append(.event(.nameConflict(new.name, other.nodeID, nodeID)))
            }
        }
        if before != after || old?.publicIP != new.publicIP || old?.backend != new.backend
            || old?.claim?.claimClass != new.claim?.claimClass || old?.claim?.tenure != new.claim?.tenure
        {
            effects.append(.ownersChanged)
        }
    }

    private func reportConflict(on subnet: IPv4Block?, _ effects: inout [LedgerEffect]) {
        guard let subnet, let winner = table.owner(of: subnet), winner.nodeID != own.nodeID else { return }
        for loser in table.claims(on: subnet) where loser.nodeID != winner.nodeID && loser.nodeID != own.nodeID {
            let by = winner.precedes(loser).by
            effects.append(.event(.conflict(subnet, winner: winner.nodeID, loser: loser.nodeID, by: by)))
        }
    }
}
