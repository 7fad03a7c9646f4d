package import LeaseLedger

/// A cluster that has long been running, for simulations that are not about joining.
extension Gossip {
    /// Takes these peers for alive and their records for known to all, as after days together.
    package mutating func joinSettled(_ peers: [StoredMember], at now: Instant) {
        for peer in peers where peer.record.nodeID != nodeID && members[peer.record.nodeID] == nil {
            let subject = peer.record.nodeID
            members[subject] = Member(
                endpoint: peer.record.record.endpoint, liveness: .alive, incarnation: peer.incarnation, since: now)
            probeOrder.append(subject)
            feed(.record(peer.record), now)
            feed(.liveness(subject, isLive: true), now)
        }
        probeOrder.shuffle(using: &random)
        joining = nil
        isSynchronised = true
        news = NewsQueue()
        effects = []
        nextDeadline = deadline()
    }

    /// What the store would hold of the peers.
    package var storedMembers: [StoredMember] {
        (ledger?.table.all.filter { $0.nodeID != nodeID } ?? []).map { record in
            StoredMember(record: record, incarnation: members[record.nodeID]?.incarnation ?? 0)
        }
    }

    /// The name of a queue that is longer than it may ever be; `nil`: all are within their bounds.
    package var overflowingQueue: String? {
        if news.count > NewsQueue.capacity { return "news" }
        if pings.count > Self.mostPings { return "pings" }
        if contacts.count > Self.mostContacts { return "contacts" }
        if strangers.count > 256 { return "strangers" }
        return nil
    }
}
