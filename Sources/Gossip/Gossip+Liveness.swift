internal import Addressing
internal import LeaseLedger

/// Who is alive: rumours, verdicts, refutation.
extension Gossip {
    /// A record makes a member, or moves one.
    mutating func admitMember(_ record: SignedRecord, _ liveness: Liveness, _ incarnation: UInt64, _ now: Instant) {
        let subject = record.nodeID
        guard members[subject] == nil else {
            members[subject]?.endpoint = record.record.endpoint
            return
        }
        // Old words of one that is out of sight; whoever takes part says something new.
        guard ledger?.table.isForgotten(subject, saying: record.record) != true else { return }
        let departed = record.record.role == .departed
        let first: Liveness = departed ? .left : liveness == .suspect ? .alive : liveness
        members[subject] = Member(
            endpoint: record.record.endpoint, liveness: first, incarnation: incarnation, since: now,
            isAssumed: incarnation == 0)
        probeOrder.insert(subject, at: Int.random(in: 0...probeOrder.count, using: &random))
        guard first.isLive else { return }
        feed(.liveness(subject, isLive: true), now)
        effects.append(.event(.liveness(subject, .alive)))
    }

    mutating func apply(_ update: LivenessUpdate, _ now: Instant) {
        guard update.nodeID != nodeID else { return refute(update, now) }
        guard let member = members[update.nodeID] else { return }
        switch update.liveness {
        case .alive:
            if member.isOverridden(byLifeAt: update.incarnation) {
                revive(update.nodeID, at: update.incarnation, now)
            } else if !member.liveness.isLive, update.incarnation == member.incarnation {
                contactSoon(update.nodeID, now)
            }
        case .suspect: suspect(update, now)
        case .unreachable, .left:
            let counts = update.incarnation >= member.incarnation && member.liveness < update.liveness
            if counts, member.liveness.isLive || update.liveness == .left {
                change(update.nodeID, to: update.liveness, update.incarnation, accuser: update.accuser, now)
            }
        }
    }

    private mutating func refute(_ update: LivenessUpdate, _ now: Instant) {
        guard update.liveness != .alive, update.incarnation >= incarnation else { return }
        if update.liveness == .suspect { health.adjust(by: 1) }
        counters.refutations += 1
        raiseIncarnation(above: update.incarnation, now)
        news.add(.liveness(nodeID))
    }

    /// Word of a life at a higher incarnation than the one we hold.
    mutating func revive(_ subject: NodeID, at incarnation: UInt64, _ now: Instant) {
        change(subject, to: .alive, incarnation, accuser: nil, now)
    }

    private mutating func suspect(_ update: LivenessUpdate, _ now: Instant) {
        guard let member = members[update.nodeID], member.liveness.isLive,
            update.incarnation >= member.incarnation
        else { return }
        if member.liveness == .suspect, update.incarnation == member.incarnation {
            if members[update.nodeID]?.suspicion?.confirm(by: update.accuser) == true {
                members[update.nodeID]?.lastAccuser = update.accuser
                news.add(.liveness(update.nodeID))
            }
            return
        }
        change(update.nodeID, to: .suspect, update.incarnation, accuser: update.accuser, now)
        if update.accuser != nodeID { checkForOneself(update.nodeID, now) }
    }

    /// This node's own finding.
    mutating func accuse(_ subject: NodeID, _ now: Instant) {
        guard let member = members[subject], member.liveness.isLive else { return }
        suspect(
            LivenessUpdate(
                nodeID: subject, incarnation: member.incarnation, liveness: .suspect, accuser: nodeID), now)
    }

    private mutating func change(
        _ subject: NodeID, to liveness: Liveness, _ incarnation: UInt64, accuser: NodeID?, _ now: Instant
    ) {
        guard var member = members[subject] else { return }
        let previous = member.liveness
        let wasAssumed = member.isAssumed
        member.incarnation = max(member.incarnation, incarnation)
        member.isAssumed = false
        member.liveness = liveness
        member.lastAccuser = accuser
        member.suspicion =
            liveness == .suspect
            ? Suspicion(
                accuser: accuser ?? nodeID, at: now, peers: liveCount,
                interval: health.scaled(configuration.timing.suspicion)) : nil
        if previous != liveness { member.since = now }
        members[subject] = member
        news.add(.liveness(subject))
        if liveness == .suspect { counters.suspicions += 1 }
        guard previous != liveness || wasAssumed else { return }
        if previous.isLive != liveness.isLive || wasAssumed {
            feed(.liveness(subject, isLive: liveness.isLive), now)
            effects.append(.peersChanged([subject]))
        }
        if previous != liveness { effects.append(.event(.liveness(subject, liveness))) }
    }

    mutating func expireSuspicions(_ now: Instant) {
        guard let due = nextSuspicionDeadline, due <= now else { return }
        for subject in probeOrder {
            guard let member = members[subject], let suspicion = member.suspicion, suspicion.deadline <= now else {
                continue
            }
            change(subject, to: .unreachable, member.incarnation, accuser: nodeID, now)
        }
    }

    /// Suspects are few, and a suspicion's deadline moves: looking through the live members is cheaper than keeping order.
    var nextSuspicionDeadline: Instant? {
        guard counters.suspicions > 0 else { return nil }
        return members.values.lazy.compactMap { $0.suspicion?.deadline }.min()
    }
}
