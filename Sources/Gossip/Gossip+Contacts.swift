internal import Addressing
internal import LeaseLedger

/// Those that do not answer are contacted again, at a low rate, for ever: that is what heals a partition.
extension Gossip {
    private static let contactsAtOnce = 8
    private static let contactInterval = Duration.milliseconds(20)
    private static let viewLength = 48

    /// There is reason to believe that this member is back.
    mutating func contactSoon(_ subject: NodeID, _ now: Instant) {
        guard contacts.count < 4_096, !contacts.contains(subject) else { return }
        contacts.append(subject)
        nextContacts = nextContacts ?? now
    }

    mutating func advanceContacts(_ now: Instant) {
        if let due = nextReconnect, due <= now {
            nextReconnect = now + random.jittered(configuration.timing.reconnect)
            reconnect(now)
        }
        guard let due = nextContacts, due <= now else { return }
        for subject in contacts.prefix(Self.contactsAtOnce) { contact(subject, now) }
        contacts.removeFirst(min(contacts.count, Self.contactsAtOnce))
        nextContacts = contacts.isEmpty ? nil : now + Self.contactInterval
    }

    private mutating func reconnect(_ now: Instant) {
        guard joining == nil else { return }
        let silent = probeOrder.filter { members[$0]?.liveness.isLive == false }
        if let subject = silent.randomElement(using: &random) { contact(subject, now) }
        if configuration.hasSeeds, seeds.isEmpty || strangeSeed() != nil { effects.append(.resolveSeeds) }
    }

    private mutating func contact(_ subject: NodeID, _ now: Instant) {
        guard let member = members[subject] else { return }
        if let last = member.lastContact, now - last < .milliseconds(200) { return }
        members[subject]?.lastContact = now
        sendPing(to: subject, newSequence(), .contact, deadline: now + .seconds(1), now)
        if !isSynchronised { sayHello(to: member.endpoint) }
    }

    /// Shows a member that is back whom else we see alive; the other side of a healed partition learns of many at once.
    mutating func sendView(to endpoint: Endpoint) {
        let live = probeOrder.filter { members[$0]?.liveness == .alive && members[$0]?.isAssumed == false }
        let entries = live.shuffled(using: &random).prefix(Self.viewLength).compactMap { subject in
            members[subject].map { ViewEntry(nodeID: subject, incarnation: $0.incarnation) }
        }
        guard !entries.isEmpty else { return }
        send([.view(entries)], to: endpoint, piggyback: false)
    }

    mutating func view(_ entries: [ViewEntry], _ now: Instant) {
        for entry in entries {
            let life = LivenessUpdate(
                nodeID: entry.nodeID, incarnation: entry.incarnation, liveness: .alive, accuser: entry.nodeID)
            apply(life, now)
        }
    }
}
