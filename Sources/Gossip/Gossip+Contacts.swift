internal import Addressing
internal import LeaseLedger

/// Those that do not answer are contacted again, at a low rate, for ever: that is what heals a partition.
extension Gossip {
    private static let contactsAtOnce = 8
    private static let contactInterval = Duration.milliseconds(20)
    private static let viewLength = 48
    /// Where many are gone for good, and one comes and goes.
    private static let pauseOfDoubt = Duration.seconds(30)
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
        if sweepDue <= now { takeFromSweep() }
        for subject in contacts.prefix(Self.contactsAtOnce) { contact(subject, now) }
        contacts.removeFirst(min(contacts.count, Self.contactsAtOnce))
        // Answers to the last sweep are still to come.
        planSweep(now + .seconds(1))
        if !contacts.isEmpty || !unasked.isEmpty && sweepDue <= now {
            nextContacts = now + Self.contactInterval
        } else {
            nextContacts = unasked.isEmpty ? nil : sweepDue
        }
    }

    private mutating func takeFromSweep() {
        while contacts.count < Self.contactsAtOnce, let subject = unasked.popLast() {
            guard let member = members[subject], member.liveness != .alive, !contacts.contains(subject) else {
                continue
            }
            contacts.append(subject)
        }
    }

    /// One that did not answer is back, or this node was taken for dead: it may have been cut off, and from all whom it
    /// suspects, too. Those back tell of many others, and not of all.
    mutating func askDoubtful(_ now: Instant) {
        guard mayAskDoubtful <= now else { return }
        mayAskDoubtful = now + Self.pauseOfDoubt
        doubtSweepsLeft = 3
        planSweep(now)
    }

    /// Those in doubt first, if they are to be asked. A node that was restarted knows its peers from the store, and not
    /// whether they are there: those that thought it dead tell it of themselves and some others; it asks the rest of them,
    /// six times at most, should answers be lost.
    mutating func planSweep(_ due: Instant) {
        guard unasked.isEmpty else { return }
        if doubtSweepsLeft > 0 {
            doubtSweepsLeft -= 1
            unasked = silent + suspicions.keys
        } else if isSynchronised, sweepsLeft > 0, !silent.isEmpty {
            sweepsLeft -= 1
            unasked = silent.filter { members[$0]?.isAssumed == true }
        }
        guard !unasked.isEmpty else { return }
        unasked.shuffle(using: &random)
        sweepDue = due
        nextContacts = min(nextContacts ?? due, due)
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
