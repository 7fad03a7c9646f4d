package import LeaseLedger

/// A cluster that has long been running, for simulations that are not about joining: what its nodes know alike. It is made
/// once, and each node has its own only of what it changes.
package struct SettledCluster: Sendable {
    let table: RecordTable
    let members: PagedDictionary<NodeID, Member>
    let live: PagedSet<NodeID>
    let order: PagedArray<NodeID>

    /// - Parameter nodes: all of them, each with the record that it has published.
    package init(_ nodes: [StoredMember], at now: Instant, seed: UInt64) {
        var table = RecordTable()
        var members = PagedDictionary<NodeID, Member>()
        var live = PagedSet<NodeID>()
        for node in nodes {
            let nodeID = node.record.nodeID
            _ = table.merge(node.record)
            members[nodeID] = Member(
                endpoint: node.record.record.endpoint, liveness: .alive, incarnation: node.incarnation, since: now)
            live.insert(nodeID)
        }
        var random = SplitMix64(seed: seed)
        self.table = table
        self.members = members
        self.live = live
        order = PagedArray(nodes.map(\.record.nodeID).shuffled(using: &random))
    }
}

extension Gossip {
    /// Takes its peers for alive and their records for known to all, as after days together. For a node that has started
    /// alone and published the record that the cluster has of it.
    package mutating func join(_ cluster: SettledCluster) {
        members = cluster.members
        members[nodeID] = nil
        probeOrder = ProbeOrder(cluster.order, from: Int.random(in: 0..<max(cluster.order.count, 1), using: &random))
        probeOrder.remove(nodeID)
        ledger?.join(cluster.table, live: cluster.live)
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
        if gathering.readerCount > Gathering.mostReaders { return "readers" }
        return nil
    }
}
