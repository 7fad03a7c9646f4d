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
        probeOrder.insert(subject, using: &random)
        guard first.isLive else { return silent.append(subject) }
        feed(.liveness(subject, isLive: true), now)
        effects.append(.event(.liveness(subject, .alive)))
        settleTunnelAddress(with: subject, now)
        if let version = earlyAcknowledgements.removeValue(forKey: subject) {
            feed(.acknowledged(by: subject, version), now)
        }
    }

    /// Where all start at once, an acknowledgement may come before the record of its sender.
    mutating func acknowledgedClaim(_ version: RecordVersion, by sender: NodeID, _ now: Instant) {
        if members[sender] != nil {
            feed(.acknowledged(by: sender, version), now)
        } else if earlyAcknowledgements.count < 256 {
            earlyAcknowledgements[sender] = version
        }
    }

    /// Shows the own claim to those whose acknowledgement is missing: their copy of it may be lost, or their answer.
    mutating func remindHesitant(_ now: Instant) {
        guard ledger?.waitsForAcknowledgements == true else {
            reminders = 0
            return nextReminder = nil
        }
        guard let due = nextReminder else {
            // Where all claim at once, answers take longer.
            let more = Duration.milliseconds(5) * (isGathering(now) ? liveCount : 0)
            return nextReminder = now + Self.reminder + more
        }
        guard due <= now else { return }
        reminders = min(reminders + 1, 8)
        nextReminder = now + Self.reminder * (1 << (reminders - 1))
        guard let ledger, let own = ledger.table[nodeID] else { return }
        for subject in ledger.hesitant.sorted() {
            guard let member = members[subject] else { continue }
            send([recordMessage(own)], to: member.endpoint, piggyback: false)
        }
    }

    /// A datagram with nothing but the known record of its sender shows a claim again: our acknowledgement was lost.
    mutating func acknowledgeAgain(_ datagram: Datagram, at source: Endpoint) {
        guard datagram.messages.count == 1, case .record(let record, _, _) = datagram.messages[0],
            record.nodeID == datagram.header.sender, ledger?.table[record.nodeID]?.version == record.version,
            ledger?.agrees(to: record) == true
        else { return }
        send([.claimAcknowledged(record.version)], to: source, piggyback: false)
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
            guard counts, member.liveness.isLive || update.liveness == .left else { return }
            if update.liveness == .unreachable, let heard = member.lastHeard, now - heard < Self.freshProof {
                // Whoever says so has not heard what we have: only a suspicion, which the member can refute.
                return suspect(update, now)
            }
            change(update.nodeID, to: update.liveness, update.incarnation, accuser: update.accuser, now)
        }
    }

    private mutating func refute(_ update: LivenessUpdate, _ now: Instant) {
        guard update.liveness != .alive, update.incarnation >= incarnation else { return }
        if update.liveness == .suspect { health.adjust(by: 1) }
        if update.liveness == .unreachable { askDoubtful(now) }
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
            if suspicions[update.nodeID]?.confirm(by: update.accuser) == true {
                accusers[update.nodeID] = update.accuser
                news.add(.liveness(update.nodeID))
            }
            return
        }
        change(update.nodeID, to: .suspect, update.incarnation, accuser: update.accuser, now)
        if update.accuser != nodeID { checkForOneself(update.nodeID, now) }
    }

    /// This node's own finding, of a ping sent when the member was at this incarnation. One that has refuted somebody's
    /// suspicion since is not accused anew: where pings are late because everybody is busy, each refutation would be met
    /// by the next accusation, and the cluster would talk of nothing else.
    mutating func accuse(_ subject: NodeID, at incarnation: UInt64, _ now: Instant) {
        guard let member = members[subject], member.liveness.isLive, member.incarnation <= incarnation else { return }
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
        if previous != liveness { member.since = now }
        members[subject] = member
        accusers[subject] = accuser
        suspicions[subject] =
            liveness == .suspect
            ? Suspicion(
                accuser: accuser ?? nodeID, at: now, peers: liveCount,
                interval: configuration.timing.suspicion * min(health.score + 1, Self.mostDoubt)) : nil
        if previous.isLive != liveness.isLive {
            if liveness.isLive { silent.removeAll { $0 == subject } } else { silent.append(subject) }
        }
        news.add(.liveness(subject))
        if liveness == .suspect { counters.suspicions += 1 }
        guard previous != liveness || wasAssumed else { return }
        if previous.isLive != liveness.isLive || wasAssumed {
            feed(.liveness(subject, isLive: liveness.isLive), now)
            if liveness.isLive, !wasAssumed { askDoubtful(now) }
            effects.append(.peersChanged([subject]))
            settleTunnelAddress(with: subject, now)
        }
        if previous != liveness { effects.append(.event(.liveness(subject, liveness))) }
        if !liveness.isLive, ledger?.table.isForgotten(subject) == true { hide(subject) }
    }

    mutating func expireSuspicions(_ now: Instant) {
        for (subject, suspicion) in suspicions.due(now) {
            guard let member = members[subject] else { continue }
            let timeout = health.scaled(configuration.timing.probeTimeout)
            let hasSpoken = member.lastHeard.map { $0 > suspicion.started } ?? false
            if hasSpoken, member.hasAnswered {
                // It lives, whoever says what; it has been told, and will say so itself.
                suspicions[subject]?.delay(by: (now - suspicion.started) / 2)
            } else if hasSpoken || !suspicion.isConfirmed, !suspicion.isChecked, pings.count < Self.mostPings {
                // Hardly anybody shares the suspicion, or what was heard may be a recording: a look of our own first.
                suspicions[subject]?.isChecked = true
                suspicions[subject]?.delay(by: timeout)
                sendPing(to: subject, newSequence(), .check, deadline: now + timeout, now)
            } else {
                change(subject, to: .unreachable, member.incarnation, accuser: nodeID, now)
            }
        }
    }

    /// How much longer a node that is not well waits before a verdict, at most: a suspicion must end.
    private static let mostDoubt = 3

    private static let reminder = Duration.milliseconds(150)

    /// A member heard within this time is not unreachable because another says so.
    private static let freshProof = Duration.seconds(1)
}
