internal import Addressing

/// The operator's word.
extension LeaseLedger {
    /// What an order would lead to now. Nothing changes.
    package func outcome(of order: LeaseOrder) -> OrderOutcome {
        switch phase {
        case .stopped, .listening: return .notReady
        case .claiming, .holding, .exhausted, .idle: break
        }
        switch order {
        case .pin(let subnet): return outcome(ofPinning: subnet)
        case .takeAny:
            if let pin = own.pin, own.claim?.subnet == pin { return .claims(pin) }
            guard own.claim == nil else { return .unchanged }
            return nextSubnet().map { .claims($0) } ?? .poolFull
        case .release: return own.role == .released ? .unchanged : .gives(own.claim?.subnet)
        case .leave: return own.role == .departed ? .unchanged : .gives(own.claim?.subnet)
        case .drain:
            guard let claim = own.claim else { return .holdsNothing }
            if let pin = own.pin { return .isPinned(pin) }
            guard claim.claimClass > .tentative else { return .notReady }
            return nextSubnet(besides: claim.subnet).map { .moves(to: $0) } ?? .poolFull
        }
    }

    private func outcome(ofPinning subnet: IPv4Block) -> OrderOutcome {
        guard pool.slot(of: subnet) != nil else { return .outsidePool(subnet) }
        if let claim = own.claim, claim.subnet == subnet {
            return own.pin == subnet && claim.claimClass == .pinned ? .unchanged : .pins(subnet)
        }
        if let holder = table.claims(on: subnet).first(where: { $0.nodeID != own.nodeID }) {
            return .waits(for: subnet, heldBy: holder.nodeID)
        }
        return own.claim.map { $0.claimClass > .tentative } ?? false ? .moves(to: subnet) : .claims(subnet)
    }

    mutating func obey(_ order: LeaseOrder, _ now: Instant, _ effects: inout [LedgerEffect]) {
        let outcome = outcome(of: order)
        switch order {
        case .pin(let subnet) where !outcome.isRefusal: pin(subnet, outcome, now, &effects)
        case .takeAny where phase != .stopped: takeAny(now, &effects)
        case .release, .leave:
            guard outcome != .unchanged, phase != .stopped else { return }
            giveBack(order == .leave ? .departed : .released, now, &effects)
        case .drain where !outcome.isRefusal: draining = own.claim?.subnet
        case .pin, .takeAny, .drain: break
        }
    }

    private mutating func pin(
        _ subnet: IPv4Block, _ outcome: OrderOutcome, _ now: Instant, _ effects: inout [LedgerEffect]
    ) {
        guard outcome != .unchanged else { return }
        if case .waits(_, let holder) = outcome { effects.append(.event(.waiting(subnet, for: holder))) }
        let isHeld = own.claim.map { $0.claimClass > .tentative } ?? false
        if own.next.map({ $0.subnet != subnet }) ?? false { abandonMove() }
        draining = nil
        if avoided == subnet { avoided = nil }
        if isHeld {
            return changeOwn(now, &effects) { record in
                record.pin = subnet
                if record.claim?.subnet == subnet, record.claim?.claimClass != .tentative {
                    record.claim?.claimClass = .pinned
                }
            }
        }
        own.pin = subnet
        if own.claim?.subnet == subnet { return changeOwn(now, &effects) { _ in } }
        if own.role.wantsNone { own.role = .member }
        claimNext(now, &effects, withdrawing: true)
    }

    private mutating func takeAny(_ now: Instant, _ effects: inout [LedgerEffect]) {
        let hadPin = own.pin != nil
        own.pin = nil
        if own.role.wantsNone || phase == .exhausted {
            own.role = .member
            return claimNext(now, &effects, withdrawing: true)
        }
        guard hadPin else { return }
        abandonMove()
        // The claim stays STATIC until it ends: none becomes less firm, or both sides of a conflict could yield.
        changeOwn(now, &effects) { _ in }
    }

    private mutating func giveBack(_ role: NodeRole, _ now: Instant, _ effects: inout [LedgerEffect]) {
        if let subnet = own.claim?.subnet { effects.append(.event(.released(subnet))) }
        hint = nil
        inheritedSince = nil
        abandonMove()
        phase = .idle
        changeOwn(now, &effects) { record in
            record.claim = nil
            record.pin = nil
            record.role = role
        }
        effects.append(.ownersChanged)
    }

    /// Takes back all that a node claims. Its owner, if it lives, claims another subnet with a higher epoch.
    mutating func revoke(
        _ nodeID: NodeID, _ reason: SignedRevocation.Reason, _ now: Instant, _ effects: inout [LedgerEffect]
    ) {
        guard let record = table[nodeID]?.record else { return }
        var epochs = Set(record.claimants.map(\.claim.epoch))
        if reason == .forgotten, let epoch = table.epochToForget(nodeID) { epochs.insert(epoch) }
        for epoch in epochs.sorted() {
            let revocation = SignedRevocation(
                Revocation(nodeID: nodeID, claimEpoch: epoch), issuerKey: identity.publicKey, reason: reason,
                sign: identity.sign)
            guard !table.isSuperseded(revocation.revocation), table.revocations[revocation.revocation] == nil else {
                continue
            }
            effects.append(.revoke(revocation))
            merge(revocation, now, &effects)
        }
    }

    /// Somebody has put this node out of sight: what it says next brings it back.
    mutating func reappear(_ now: Instant, _ effects: inout [LedgerEffect]) {
        guard phase != .stopped, uncommitted == nil, table.isForgotten(own.nodeID) else { return }
        changeOwn(now, &effects, leaps: true) { _ in }
    }
}
