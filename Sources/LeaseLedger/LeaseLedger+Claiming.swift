internal import Addressing

/// The claim's way: listening, claiming, holding, yielding.
extension LeaseLedger {
    mutating func start(
        peersExpected: Bool, joinTimeout: Duration, _ now: Instant, _ effects: inout [LedgerEffect]
    ) {
        guard phase == .stopped else { return }
        heldSince = now
        own.next = nil
        if isObserver, own.role != .departed { own.role = .observer }
        // What the configuration no longer says ends with the start; what an operator said stands.
        if own.role == .exhausted || (own.role == .observer && !isObserver) { own.role = .member }
        if own.role.wantsNone {
            own.claim = nil
            phase = .idle
            return changeOwn(now, &effects) { _ in }
        }
        if let claim = own.claim, accepts(claim.subnet) {
            // Reboot: the claim comes from the disk and is resumed at once.
            heldSince = now + .seconds(-(Int64(1) << Int64(min(claim.tenure, 40))))
            phase = claim.claimClass > .isolated ? .holding : .claiming(since: now)
            inheritedSince = now
            if own.pin == claim.subnet, claim.claimClass > .tentative { own.claim?.claimClass = .pinned }
            return changeOwn(now, &effects) { _ in }
        }
        own.claim = nil
        phase = peersExpected ? .listening(until: now + joinTimeout) : .listening(until: now)
        if peersExpected { changeOwn(now, &effects) { _ in } }
    }

    /// A subnet that this node may claim at all.
    func accepts(_ subnet: IPv4Block) -> Bool { pool.slot(of: subnet) != nil || own.pin == subnet }

    /// Whatever is due at `now`, in the order in which it can follow from each other.
    mutating func advance(_ now: Instant, _ effects: inout [LedgerEffect]) {
        if case .listening(let until) = phase, until <= now { claimNext(now, &effects) }
        if let ends = inheritanceEnds, ends <= now { inheritedSince = nil }
        yieldIfPreceded(now, &effects)
        reclaimIfDue(now, &effects)
        if phase == .exhausted, exhaustedTable != table.hash.whole { claimNext(now, &effects) }
        confirmIfDue(now, &effects)
        advanceMove(now, &effects)
        growTenure(now, &effects)
        reappear(now, &effects)
    }

    /// Claims the pinned subnet, else the hint, else the first free in the order of preference.
    mutating func claimNext(_ now: Instant, _ effects: inout [LedgerEffect], withdrawing: Bool = false) {
        guard let subnet = nextSubnet() else {
            let wasExhausted = phase == .exhausted
            phase = .exhausted
            exhaustedTable = table.hash.whole
            abandonMove()
            if !wasExhausted || withdrawing {
                effects.append(.event(.exhausted))
                changeOwn(now, &effects) { record in
                    record.role = .exhausted
                    record.claim = nil
                }
            }
            return
        }
        let epoch = nextEpoch
        hint = subnet
        heldSince = now
        inheritedSince = nil
        abandonMove()
        acknowledgements = []
        phase = .claiming(since: now)
        effects.append(.event(.claimed(subnet)))
        changeOwn(now, &effects) { record in
            record.role = .member
            record.claim = Claim(subnet: subnet, claimClass: .tentative, epoch: epoch)
        }
    }

    /// Above all that were seen, and above all that this node can have used, whatever it has forgotten. Whoever writes
    /// absurd epochs must not drive the honest ones beyond what others take.
    var nextEpoch: UInt64 {
        let seen = max(table.highestEpoch, own.claim?.epoch ?? 0, own.next?.epoch ?? 0, highestRevokedOwnEpoch)
        return min(max(seen, own.version.sequence / Self.leap) + 1, Revocation.banEpoch - 1)
    }

    /// A claim must never carry an epoch that was revoked, even if its record is gone.
    private var highestRevokedOwnEpoch: UInt64 {
        table.revokedEpochs(of: own.nodeID).filter { $0 <= Self.largestKeptEpoch }.max() ?? 0
    }

    /// The subnet to claim: the pinned one, the hint, or the most preferred, among the free ones.
    ///
    /// What was just revoked, is pinned by another node, or is to be drained, is taken only by a node that has no other:
    /// a reservation keeps a subnet from those who have a choice, and nobody stays without one while it lies unused.
    func nextSubnet(besides drained: IPv4Block? = nil) -> IPv4Block? {
        if let pin = own.pin, pin != drained, isFree(pin) { return pin }
        var spared: Set<IPv4Block> = []
        for record in table.all where record.nodeID != own.nodeID {
            if let pin = record.record.pin { spared.insert(pin) }
        }
        if let avoided { spared.insert(avoided) }
        let isEligible = { (subnet: IPv4Block) in subnet != drained && isFree(subnet) }
        if let hint, pool.slot(of: hint) != nil, !spared.contains(hint), isEligible(hint) { return hint }
        let preference = Preference(clusterID: identity.clusterID, nodeID: own.nodeID)
        if let subnet = preference.first(in: pool, where: { !spared.contains($0) && isEligible($0) }) { return subnet }
        return drained == nil ? preference.first(in: pool, where: isEligible) : nil
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
            avoided = mine.claim.subnet
            // Who revokes a pinned claim means the pin as well.
            if own.pin == mine.claim.subnet { own.pin = configuredPin }
        } else if inheritedSince == nil, let winner = precedingClaimant {
            effects.append(.event(.lost(mine.claim.subnet, to: winner.nodeID, by: winner.precedes(mine).by)))
        } else {
            return
        }
        hint = own.next?.subnet
        claimNext(now, &effects, withdrawing: true)
        effects.append(.ownersChanged)
    }

    /// Somebody else's claim that precedes the own one.
    private var precedingClaimant: Claimant? { own.claimant.flatMap { precedingClaimant(over: $0) } }

    func precedingClaimant(over mine: Claimant) -> Claimant? {
        table.claims(on: mine.claim.subnet).first { $0.nodeID != mine.nodeID && $0.precedes(mine).wins }
    }

    /// Every live peer has acknowledged what is claimed and not confirmed yet.
    var everybodyAgrees: Bool {
        live.count <= Self.mostAcknowledgers && live.allSatisfy { acknowledgements.contains($0) }
    }

    /// Whether acknowledgements of a published claim are waited for.
    package var waitsForAcknowledgements: Bool {
        guard uncommitted == nil, live.count <= Self.mostAcknowledgers else { return false }
        if case .claiming = phase { return own.claim != nil && !live.isEmpty }
        return own.next != nil
    }

    /// The live peers that have not acknowledged what is claimed and not confirmed yet.
    package var hesitant: Set<NodeID> { Set(live.lazy.filter { !acknowledgements.contains($0) }) }

    private mutating func confirmIfDue(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard case .claiming(let since) = phase, let claim = own.claim, uncommitted == nil,
            inheritedSince == nil, precedingClaimant == nil
        else { return }
        let published = table[own.nodeID]?.claim?.claimClass
        guard published == claim.claimClass else { return }
        if live.isEmpty {
            guard claim.claimClass == .tentative else { return }
            effects.append(.event(.isolated(claim.subnet)))
            let isPinned = own.pin == claim.subnet
            if isPinned { phase = .holding }
            changeOwn(now, &effects) { $0.claim?.claimClass = isPinned ? .pinned : .isolated }
            return effects.append(.ownersChanged)
        }
        guard everybodyAgrees || since + floodingTime + floodingTime <= now else { return }
        phase = .holding
        effects.append(.event(.confirmed(claim.subnet)))
        let firmest = max(claim.claimClass, own.pin == claim.subnet ? .pinned : .confirmed)
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
}
