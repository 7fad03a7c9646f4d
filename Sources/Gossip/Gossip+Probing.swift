internal import Addressing
internal import LeaseLedger

/// SWIM's probes (§4.1, round-robin §4.3), with Lifeguard's self-awareness, helpers' negative acknowledgements and buddy
/// pings; repeated within the period, since there is no TCP to fall back on.
extension Gossip {
    /// Pings under way, the own probe's and contacts included: those are few.
    static let mostPings = 1_024

    mutating func advanceProbe(_ now: Instant) {
        if let running = probe, running.nextStep <= now {
            if running.verdict <= now { failProbe(running, now) } else { repeatProbe(now) }
        }
        guard let due = nextProbe, due <= now else { return }
        nextProbe = now + health.scaled(configuration.timing.probeInterval)
        guard probe == nil, let target = nextProbeTarget(), let member = members[target] else { return }
        counters.probes += 1
        let sequence = newSequence()
        let timeout = health.scaled(configuration.timing.probeTimeout)
        let repetition = now + member.roundTrip.timeout
        probe = Probe(
            target: target, incarnation: member.incarnation, sequence: sequence, started: now, verdict: now + timeout,
            nextStep: min(repetition, now + timeout))
        sendPing(to: target, sequence, .probe, deadline: now + timeout, now)
    }

    private mutating func nextProbeTarget() -> NodeID? {
        probeOrder.nextMember(using: &random) { [members] in members[$0]?.liveness.isLive == true }
    }

    private mutating func repeatProbe(_ now: Instant) {
        guard var running = probe, let member = members[running.target] else { return }
        running.repetitions += 1
        let wait = member.roundTrip.timeout * (1 << min(running.repetitions, 3))
        running.nextStep = min(now + wait, running.verdict)
        let ping = GossipMessage.ping(sequence: running.sequence, target: running.target, tableHash: tableHash)
        send([ping], to: member.endpoint)
        if running.repetitions <= 2 {
            let request = GossipMessage.indirectPing(
                sequence: running.sequence, target: running.target, endpoint: member.endpoint)
            let helpers = randomLive(configuration.timing.indirectProbes, except: running.target)
            for helper in helpers { send([request], to: helper.endpoint) }
            running.helpers = max(running.helpers, helpers.count)
        }
        probe = running
    }

    private mutating func failProbe(_ failed: Probe, _ now: Instant) {
        probe = nil
        pings[failed.sequence] = nil
        counters.probesFailed += 1
        // Helpers that are silent too say more of this node than of the target.
        let missing = failed.helpers - failed.negatives
        if failed.helpers > 0, missing > 0 { health.adjust(by: missing >= failed.helpers ? 1 : 0) }
        accuse(failed.target, at: failed.incarnation, now)
    }

    mutating func sendPing(
        to target: NodeID, _ sequence: UInt32, _ purpose: OutstandingPing.Purpose, deadline: Instant, _ now: Instant
    ) {
        guard let member = members[target] else { return }
        pings[sequence] = OutstandingPing(
            target: target, incarnation: member.incarnation, purpose: purpose, sent: now, deadline: deadline)
        var messages = [GossipMessage.ping(sequence: sequence, target: target, tableHash: tableHash)]
        // Lifeguard's buddy: the target is the first to hear what is said of it.
        if member.liveness != .alive, let verdict = livenessMessage(of: target) { messages.append(verdict) }
        send(messages, to: member.endpoint)
    }

    mutating func newSequence() -> UInt32 {
        var sequence = UInt32.random(in: .min ... .max, using: &random)
        while pings[sequence] != nil { sequence &+= 1 }
        return sequence
    }

    var tableHash: UInt64 { ledger?.table.hash.whole ?? 0 }

    mutating func ping(
        _ sequence: UInt32, _ target: NodeID, _ theirs: UInt64, from sender: NodeID, at source: Endpoint,
        _ now: Instant
    ) {
        // An address may have changed hands: a ping for its former owner is not ours to answer.
        guard target == nodeID else { return }
        compare(theirs, with: sender, now)
        send([.acknowledgement(sequence: sequence, tableHash: tableHash)], to: source)
    }

    mutating func acknowledged(_ sequence: UInt32, _ theirs: UInt64, by sender: NodeID, _ now: Instant) {
        compare(theirs, with: sender, now)
        guard let ping = pings[sequence] else { return }
        if ping.target == sender { members[sender]?.answers() }
        if ping.isTimed, ping.target == sender, probe?.sequence != sequence || probe?.repetitions == 0 {
            // Karn: an answer to a repeated ping measures nothing.
            members[sender]?.roundTrip.measured(now - ping.sent)
        }
        switch ping.purpose {
        case .probe:
            if let running = probe, running.sequence == sequence {
                health.adjust(by: -1)
                if sender != running.target, members[running.target]?.liveness == .suspect {
                    contactSoon(running.target, now)
                }
                probe = nil
            }
        case .relay(let origin, let theirSequence):
            send([.acknowledgement(sequence: theirSequence, tableHash: tableHash)], to: origin)
        case .check, .contact: break
        }
        pings[sequence] = nil
    }

    /// Pings a member for another node.
    mutating func relay(
        _ sequence: UInt32, _ target: NodeID, _ endpoint: Endpoint, for origin: Endpoint, _ now: Instant
    ) {
        guard members[target] != nil, pings.count < Self.mostPings else { return }
        let timeout = health.scaled(configuration.timing.probeTimeout) / 2
        sendPing(
            to: target, newSequence(), .relay(origin: origin, sequence: sequence), deadline: now + timeout, now)
    }

    /// A suspicion is only as good as the independent nodes that share it: about four of the cluster look at once.
    mutating func checkForOneself(_ subject: NodeID, _ now: Instant) {
        guard liveCount > 0, Int.random(in: 0..<max(liveCount, 1), using: &random) < 4, pings.count < Self.mostPings
        else {
            return
        }
        let timeout = health.scaled(configuration.timing.probeTimeout)
        sendPing(to: subject, newSequence(), .check, deadline: now + timeout, now)
    }

    mutating func advancePings(_ now: Instant) {
        for (sequence, ping) in pings.due(now) {
            pings[sequence] = nil
            switch ping.purpose {
            case .relay(let origin, let theirSequence):
                send([.negativeAcknowledgement(sequence: theirSequence)], to: origin)
            case .check: accuse(ping.target, at: ping.incarnation, now)
            case .probe, .contact: break
            }
        }
    }

    /// A hint of death: helpers look at once, and the verdict need not wait as long.
    mutating func portUnreachable(_ endpoint: Endpoint, _ now: Instant) {
        guard let running = probe, let member = members[running.target], member.endpoint == endpoint,
            running.repetitions == 0
        else { return }
        probe?.nextStep = now
        probe?.verdict = min(running.verdict, now + member.roundTrip.timeout * 4)
    }
}
