internal import Addressing

/// The claim's way: listening, claiming, holding, yielding.
extension LeaseLedger {
    mutating func start(
        peersExpected: Bool, joinTimeout: Duration, _ now: Instant, _ effects: inout [LedgerEffect]
    ) {
        guard phase == .stopped else { return }
        heldSince = now
        if own.role == .observer || own.role == .departed {
            own.claim = nil
            phase = .idle
            return changeOwn(now, &effects) { _ in }
        }
        own.role = .member
        if let claim = own.claim, accepts(claim.subnet) {
            // Reboot: the claim comes from the disk and is resumed at once.
            heldSince = now + .seconds(-(Int64(1) << Int64(min(claim.tenure, 40))))
            phase = claim.claimClass > .isolated ? .holding : .claiming(since: now)
            inheritedSince = now
            if pinned == claim.subnet { own.claim?.claimClass = .pinned }
            return changeOwn(now, &effects) { _ in }
        }
        own.claim = nil
        phase = peersExpected ? .listening(until: now + joinTimeout) : .listening(until: now)
        if peersExpected { changeOwn(now, &effects) { _ in } }
    }

    /// A subnet that this node may claim at all: of the pool, or pinned inside the network.
    func accepts(_ subnet: IPv4Block) -> Bool {
        if let pinned { return subnet == pinned }
        return pool.slot(of: subnet) != nil
    }

    /// Whatever is due at `now`, in the order in which it can follow from each other.
    mutating func advance(_ now: Instant, _ effects: inout [LedgerEffect]) {
        if case .listening(let until) = phase, until <= now { claimNext(now, &effects) }
        if let ends = inheritanceEnds, ends <= now { inheritedSince = nil }
        yieldIfPreceded(now, &effects)
        if phase == .exhausted, exhaustedTable != table.hash.whole { claimNext(now, &effects) }
        confirmIfDue(now, &effects)
        growTenure(now, &effects)
    }

    /// Claims the pinned subnet, else the hint, else the first free in the order of preference.
    mutating func claimNext(_ now: Instant, _ effects: inout [LedgerEffect], withdrawing: Bool = false) {
        guard let subnet = nextSubnet() else {
            let wasExhausted = phase == .exhausted
            phase = .exhausted
            exhaustedTable = table.hash.whole
            if !wasExhausted || withdrawing {
                effects.append(.event(.exhausted))
                changeOwn(now, &effects) { record in
                    record.role = .exhausted
                    record.claim = nil
                }
            }
            return
        }
        let seen = max(table.highestEpoch, own.claim?.epoch ?? 0, highestRevokedOwnEpoch)
        // Whoever writes absurd epochs must not drive the honest ones beyond what others take.
        let epoch = min(max(seen, own.version.sequence / Self.leap) + 1, Revocation.banEpoch - 1)
        hint = subnet
        heldSince = now
        inheritedSince = nil
        acknowledgements = []
        phase = .claiming(since: now)
        effects.append(.event(.claimed(subnet)))
        changeOwn(now, &effects) { record in
            record.role = .member
            record.claim = Claim(subnet: subnet, claimClass: .tentative, epoch: epoch)
        }
    }

    /// A claim must never carry an epoch that was revoked, even if its record is gone.
    private var highestRevokedOwnEpoch: UInt64 {
        table.revocations.keys.filter { $0.nodeID == own.nodeID && !$0.isBan }.map(\.claimEpoch).max() ?? 0
    }

    private func nextSubnet() -> IPv4Block? {
        if let pinned { return isFree(pinned) ? pinned : nil }
        if let hint, pool.slot(of: hint) != nil, isFree(hint) { return hint }
        return Preference(clusterID: identity.clusterID, nodeID: own.nodeID).first(in: pool, where: isFree)
    }

    /// Nobody else's claim stands on it.
    func isFree(_ subnet: IPv4Block) -> Bool {
        table.claims(on: subnet).allSatisfy { $0.nodeID == own.nodeID }
    }

    /// Yields to a claim that precedes ours, and to a revocation.
    ///
    /// A claim inherited from an earlier run waits for two flooding times first: the disk may be an old copy, on which
    /// the claim is less firm than the earlier run's last word was. Were it to yield at once, the other side could at
    /// the same moment yield to that last word, and nobody would have the subnet. Nor does it become firmer meanwhile:
    /// the earlier run may have given it up.
    private mutating func yieldIfPreceded(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard let mine = own.claimant else { return }
        if let revocation = table.revocations[Revocation(nodeID: mine.nodeID, claimEpoch: mine.claim.epoch)] {
            effects.append(.event(.revoked(mine.claim.subnet, by: revocation.reason)))
        } else if inheritedSince == nil, let winner = precedingClaimant {
            effects.append(.event(.lost(mine.claim.subnet, to: winner.nodeID, by: winner.precedes(mine).by)))
        } else {
            return
        }
        hint = nil
        claimNext(now, &effects, withdrawing: true)
        effects.append(.ownersChanged)
    }

    /// Somebody else's claim that precedes the own one.
    private var precedingClaimant: Claimant? {
        guard let mine = own.claimant else { return nil }
        return table.claims(on: mine.claim.subnet).first { $0.nodeID != mine.nodeID && $0.precedes(mine).wins }
    }

    private mutating func confirmIfDue(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard case .claiming(let since) = phase, let claim = own.claim, uncommitted == nil,
            inheritedSince == nil, precedingClaimant == nil
        else { return }
        let published = table[own.nodeID]?.claim?.claimClass
        guard published == claim.claimClass else { return }
        if live.isEmpty {
            guard claim.claimClass == .tentative else { return }
            effects.append(.event(.isolated(claim.subnet)))
            let isPinned = pinned == claim.subnet
            if isPinned { phase = .holding }
            changeOwn(now, &effects) { $0.claim?.claimClass = isPinned ? .pinned : .isolated }
            return effects.append(.ownersChanged)
        }
        let everybodyAgrees = live.count <= Self.mostAcknowledgers && live.isSubset(of: acknowledgements)
        guard everybodyAgrees || since + floodingTime + floodingTime <= now else { return }
        phase = .holding
        effects.append(.event(.confirmed(claim.subnet)))
        let firmest = max(claim.claimClass, pinned == claim.subnet ? .pinned : .confirmed)
        changeOwn(now, &effects) { $0.claim?.claimClass = firmest }
        effects.append(.ownersChanged)
    }

    /// The tenure that the present claim may publish.
    private func tenure(at now: Instant) -> UInt8 {
        let seconds = tenureSeconds(at: now)
        let tenure = seconds < 1 ? 0 : UInt8(63 - seconds.leadingZeroBitCount)
        return tenure < Self.leastTenure ? 0 : tenure - tenure % Self.tenureStep
    }

    var nextTenureChange: Instant? {
        guard let claim = own.claim, claim.tenure < 40 else { return nil }
        return heldSince + .seconds(Int64(1) << Int64(max(claim.tenure + Self.tenureStep, Self.leastTenure)))
    }

    private mutating func growTenure(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard phase == .holding, let claim = own.claim else { return }
        let tenure = tenure(at: now)
        if tenure > claim.tenure { changeOwn(now, &effects) { $0.claim?.tenure = tenure } }
    }

    mutating func pin(_ subnet: IPv4Block, _ now: Instant, _ effects: inout [LedgerEffect]) {
        pinned = subnet
        if own.claim?.subnet == subnet {
            changeOwn(now, &effects) { $0.claim?.claimClass = .pinned }
        } else if phase != .stopped {
            claimNext(now, &effects, withdrawing: true)
            effects.append(.ownersChanged)
        }
    }

    mutating func release(forGood: Bool, _ now: Instant, _ effects: inout [LedgerEffect]) {
        if let subnet = own.claim?.subnet { effects.append(.event(.released(subnet))) }
        hint = nil
        pinned = nil
        inheritedSince = nil
        phase = .idle
        changeOwn(now, &effects) { record in
            record.claim = nil
            record.role = forGood ? .departed : .observer
        }
        effects.append(.ownersChanged)
    }
}
