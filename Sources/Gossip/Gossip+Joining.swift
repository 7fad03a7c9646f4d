internal import Addressing
internal import LeaseLedger

/// Start, settling the cluster's settings, and joining.
extension Gossip {
    mutating func start(_ now: Instant) {
        guard !started else { return }
        started = true
        startedAt = now
        joinDeadline = now + configuration.joinTimeout
        nextReconnect = now + random.jittered(configuration.timing.reconnect)
        let alone = !configuration.hasSeeds && restored.isEmpty
        if alone || offer.agreed {
            settle(offer.settings, now)
        } else {
            joining = Joining(nextAttempt: nil, until: joinDeadline)
        }
        if configuration.hasSeeds { effects.append(.resolveSeeds) }
        if !alone, joining == nil { joining = Joining() }
        joining?.nextAttempt = now
        if alone { isSynchronised = true }
    }

    /// The settings stand: the ledger begins.
    mutating func settle(_ settings: NetworkSettings, _ now: Instant) {
        offer = SettingsOffer(settings: settings, agreed: true, named: offer.named)
        joining?.until = nil
        let known = restored
        restored = []
        var own = configuration.own
        own.backend = configuration.backend(settings)
        ledger = LeaseLedger(
            identity: configuration.identity, pool: settings.pool, own: own,
            reserved: configuration.reserved, hint: configuration.hint, pinned: configuration.pinned,
            isObserver: configuration.isObserver, reclaimAfter: configuration.reclaimAfter)
        effects.append(.settled(settings))
        for revocation in restoredRevocations { feed(.revocation(revocation), now) }
        restoredRevocations = []
        if ledger?.isBanned == true { expel(nodeID) }
        for member in known { remember(member, now) }
        var absentFor: [NodeID: Duration] = [:]
        for member in known { absentFor[member.record.nodeID] = member.absentFor }
        feed(.restored(known.map(\.record), absentFor: absentFor), now)
        let peersExpected = configuration.hasSeeds || !known.isEmpty
        nextProbe = now + configuration.timing.probeInterval * Double.random(in: 0..<1, using: &random)
        feed(.start(peersExpected: peersExpected, joinTimeout: max(joinDeadline - now, .zero)), now)
    }

    /// A peer from the store: its routes stand, whether it answers is not known yet.
    private mutating func remember(_ stored: StoredMember, _ now: Instant) {
        let subject = stored.record.nodeID
        guard subject != nodeID, members[subject] == nil else { return }
        let table = ledger?.table
        guard table?.isBanned(subject) != true, table?.isForgotten(subject, saying: stored.record.record) != true else {
            return feed(.record(stored.record), now)
        }
        members[subject] = Member(
            endpoint: stored.record.record.endpoint, liveness: .unreachable, incarnation: stored.incarnation,
            since: now,
            isAssumed: true)
        // Where all start again at once, each from the same store, they would look after the same member at a time.
        probeOrder.insert(subject, using: &random)
        silent.append(subject)
    }

    mutating func advanceJoining(_ now: Instant) {
        guard var state = joining else { return }
        if let until = state.until, until <= now {
            // Nobody answered: the cluster begins here.
            settle(offer.settings, now)
            state.until = nil
        }
        if let next = state.nextAttempt, next <= now {
            state.attempts += 1
            let wait = configuration.timing.joinRetry * (1 << min(state.attempts - 1, 7))
            state.nextAttempt = now + random.jittered(wait)
            for seed in seeds.shuffled(using: &random) where seed != configuration.own.endpoint {
                if exchange == nil || seedMembers[seed] == nil { sayHello(to: seed) }
            }
            if configuration.hasSeeds, state.attempts.isMultiple(of: 4) { effects.append(.resolveSeeds) }
            let unheard = probeOrder.all.filter { members[$0].map { !$0.liveness.isLive || $0.isAssumed } ?? false }
            for subject in unheard.shuffled(using: &random).prefix(8) { contactSoon(subject, now) }
        }
        // A claim made alone after the join timed out does not end the search for the others.
        if joining != nil { joining = state }
    }

    mutating func sayHello(to endpoint: Endpoint) {
        var messages = [GossipMessage.hello(offer, tableHash: tableHash)]
        if let own = ledger?.table[nodeID] { messages.append(recordMessage(own)) }
        send(messages, to: endpoint, piggyback: false)
    }

    mutating func hello(
        _ theirs: SettingsOffer, _ theirHash: UInt64, from sender: NodeID, at source: Endpoint, _ now: Instant
    ) {
        consider(theirs, from: sender, at: source, now)
        var messages = [GossipMessage.welcome(offer, tableHash: tableHash)]
        if let own = ledger?.table[nodeID] { messages.append(recordMessage(own)) }
        send(messages, to: source, piggyback: false)
    }

    mutating func welcome(
        _ theirs: SettingsOffer, _ theirHash: UInt64, from sender: NodeID, at source: Endpoint, _ now: Instant
    ) {
        let wasSettled = ledger != nil
        guard consider(theirs, from: sender, at: source, now), ledger != nil else { return }
        welcomedBySeed(sender, at: source, now)
        if !wasSettled {
            // Only now there is a record to show; whoever takes it tells the others.
            welcomed = sender
            sayHello(to: source)
        } else if members[sender] != nil {
            compare(theirHash, with: sender, now)
        } else {
            welcomed = sender
        }
    }

    /// Takes an agreed offer, or of two wishes the one with more named settings, then of the lower nodeID.
    /// - Returns: whether the two run by the same settings now.
    @discardableResult
    private mutating func consider(
        _ theirs: SettingsOffer, from sender: NodeID, at source: Endpoint, _ now: Instant
    ) -> Bool {
        if theirs.settings == offer.settings {
            if ledger == nil { settle(offer.settings, now) }
            return true
        }
        guard ledger == nil else {
            if theirs.agreed { effects.append(.event(.foreignSettings(source))) }
            return false
        }
        let theyLead = theirs.agreed || (theirs.named, nodeID) > (offer.named, sender)
        guard theyLead else { return false }
        let differences = configuration.differences(theirs.settings)
        guard differences.isEmpty else {
            effects.append(.contradicted(differences))
            started = false
            return false
        }
        settle(theirs.settings, now)
        return true
    }
}
