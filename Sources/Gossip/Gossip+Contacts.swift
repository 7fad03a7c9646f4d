internal import Addressing
internal import LeaseLedger

/// Those that do not answer are contacted again, at a low rate, for ever: that is what heals a partition.
extension Gossip {
    private static let contactsAtOnce = 8
    private static let contactInterval = Duration.milliseconds(20)
    private static let viewLength = 48
    static let mostContacts = 4_096

    /// There is reason to believe that this member is back.
    mutating func contactSoon(_ subject: NodeID, _ now: Instant) {
        guard contacts.count < Self.mostContacts, !contacts.contains(subject) else { return }
        contacts.append(subject)
        nextContacts = min(nextContacts ?? now, now)
    }

    mutating func advanceContacts(_ now: Instant) {
        if let due = nextReconnect, due <= now {
            nextReconnect = now + random.jittered(configuration.timing.reconnect)
            reconnect(now)
        }
        guard let due = nextContacts, due <= now else { return }
        while contacts.count < Self.contactsAtOnce, let subject = unasked.popLast() {
            if members[subject]?.isAssumed == true, !contacts.contains(subject) { contacts.append(subject) }
        }
        for subject in contacts.prefix(Self.contactsAtOnce) { contact(subject, now) }
        contacts.removeFirst(min(contacts.count, Self.contactsAtOnce))
        guard contacts.isEmpty, unasked.isEmpty else { return nextContacts = now + Self.contactInterval }
        nextContacts = nil
        // Answers to the last sweep are still to come.
        if isSynchronised { askAssumed(now + .seconds(1)) }
    }

    /// A node that was restarted knows its peers from the store, and not whether they are there. Those that thought it dead
    /// tell it of themselves and some others; it asks the rest of them, six times at most, should answers be lost.
    mutating func askAssumed(_ due: Instant) {
        guard sweepsLeft > 0, unasked.isEmpty, !silent.isEmpty else { return }
        sweepsLeft -= 1
        unasked = silent.filter { members[$0]?.isAssumed == true }.shuffled(using: &random)
        if !unasked.isEmpty { nextContacts = nextContacts ?? due }
    }

    private mutating func reconnect(_ now: Instant) {
        guard joining == nil else { return }
        if let subject = silent.randomElement(using: &random) { contact(subject, now) }
        if configuration.hasSeeds, seeds.isEmpty || strangeSeed(now) != nil { effects.append(.resolveSeeds) }
    }

    private mutating func contact(_ subject: NodeID, _ now: Instant) {
        guard pings.count < Self.mostPings, let member = members[subject] else { return }
        if let last = member.lastContact, now - last < .milliseconds(200) { return }
        members[subject]?.lastContact = now
        sendPing(to: subject, newSequence(), .contact, deadline: now + .seconds(1), now)
        if !isSynchronised { sayHello(to: member.endpoint) }
    }

    /// Shows a member that is back whom else we see alive; the other side of a healed partition learns of many at once.
    mutating func sendView(to endpoint: Endpoint) {
        guard !probeOrder.isEmpty else { return }
        let start = Int.random(in: 0..<probeOrder.count, using: &random)
        // The order is random: any stretch of it will do.
        let seen = probeOrder.all(from: start).lazy.compactMap { [members] subject -> ViewEntry? in
            guard let member = members[subject], member.liveness == .alive, !member.isAssumed else { return nil }
            return ViewEntry(nodeID: subject, incarnation: member.incarnation)
        }.prefix(Self.viewLength)
        let entries = Array(seen)
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
