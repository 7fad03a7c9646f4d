internal import Addressing
internal import LeaseLedger

/// Who is let in: not the banned, and not more than the network can have. Who holds the cluster's key can make up
/// members without end; they are bounded, those that were never heard themselves go first, and it is said aloud.
extension Gossip {
    /// Revocations kept at most; far more than a cluster's life brings.
    static let mostRevocations = 8_192

    private var mostMembers: Int {
        configuration.mostMembers ?? max(4_096, 2 * (ledger?.pool.count ?? 0))
    }

    /// Whether a record of `subject` can be taken. A full table makes room only for a node that speaks itself: what others
    /// say of members may be made up, and what was evicted must not come back with the next exchange.
    mutating func hasRoom(for subject: NodeID, from sender: NodeID, _ now: Instant) -> Bool {
        guard subject != nodeID, members[subject] == nil, members.count >= mostMembers else { return true }
        if subject == sender, let evicted = newestSilent {
            counters.membersEvicted += 1
            forget(evicted)
            feed(.evicted(evicted), now)
            return true
        }
        counters.membersRefused += 1
        if counters.membersRefused.nonzeroBitCount == 1 { effects.append(.event(.membersFull(subject))) }
        return false
    }

    /// Of the members that were never heard themselves and do not answer: those made up came last.
    private var newestSilent: NodeID? {
        members.filter { $0.value.lastHeard == nil && !$0.value.liveness.isLive && !$0.value.isAssumed }
            .max { ($0.value.since, $0.key) < ($1.value.since, $1.key) }?.key
    }

    /// The failure detector no longer knows this member.
    private mutating func forget(_ subject: NodeID) {
        members[subject] = nil
        suspicions[subject] = nil
        accusers[subject] = nil
        earlyAcknowledgements[subject] = nil
        silent.removeAll { $0 == subject }
        seedMembers = seedMembers.filter { $0.value.nodeID != subject }
        probeOrder.remove(subject)
        contacts.removeAll { $0 == subject }
        pings.removeAll { $0.target == subject }
        if probe?.target == subject { probe = nil }
        if exchange?.peer == subject { exchange = nil }
        if welcomed == subject { welcomed = nil }
    }

    // MARK: Bans

    mutating func ban(_ subject: NodeID, _ now: Instant) {
        guard subject != nodeID, ledger != nil else { return }
        take(
            SignedRevocation(
                Revocation(banning: subject), issuerKey: configuration.identity.publicKey, reason: .banned,
                sign: configuration.identity.sign), now)
    }

    /// What follows from a ban. A node that learns of its own falls silent: nobody listens to it.
    mutating func expel(_ subject: NodeID) {
        effects.append(.event(.banned(subject)))
        if subject == nodeID { started = false } else { forget(subject) }
    }

    /// Tells a banned node, now and then, that it is: one that was banned by mistake should know.
    mutating func refuseBanned(_ sender: NodeID, at source: Endpoint, _ now: Instant) {
        counters.datagramsBanned += 1
        guard let ban = ledger?.table.revocations[Revocation(banning: sender)], mayAnswerStranger(sender, now) else {
            return
        }
        send([.revocation(ban)], to: source, piggyback: false)
    }

    // MARK: Strangers

    /// Bounds what strangers make this node send: once a while each, and not to more than so many.
    mutating func mayAnswerStranger(_ sender: NodeID, _ now: Instant) -> Bool {
        guard now - (strangers[sender] ?? .zero) > .milliseconds(200) else { return false }
        if strangers.count >= 256 { strangers = strangers.filter { now - $0.value < .seconds(1) } }
        guard strangers.count < 256 else { return false }
        strangers[sender] = now
        return true
    }

    /// Somebody on this network looks for a cluster, or shows one.
    mutating func announced(_ sender: NodeID, at source: Endpoint, _ now: Instant) {
        guard members[sender]?.liveness.isLive != true, mayAnswerStranger(sender, now) else { return }
        sayHello(to: source)
    }
}
