internal import Addressing
internal import Gossip
internal import LeaseLedger

/// What is checked at every step, of the node that took it: in constant time, so that thousands of nodes may be checked.
extension SimulatedCluster {
    /// Looks at a node that has just taken an input.
    mutating func observe(_ index: Int) {
        var entry = Census.Entry()
        let nodeID = nodes[index].identity.nodeID
        let overflowing = nodes[index].process?.inPlace { gossip in
            entry.tableHash = gossip.ledger?.table.hash.whole ?? 0
            entry.alive = gossip.aliveCount
            entry.held = gossip.ledger?.heldClaim?.subnet
            return gossip.overflowingQueue
        }
        if let queue = overflowing ?? nil {
            invariants.broken("bounded: queue \(queue) of node \(index) is too long", at: now)
        }
        guard entry != nodes[index].seen else { return }
        let own = nodes[index].process?.gossip.ledger?.table[nodeID]
        if entry.tableHash != nodes[index].seen.tableHash, let own { checkSpoken(own, by: index) }
        census.change(from: nodes[index].seen, to: entry)
        nodes[index].seen = entry
    }

    /// Durable before spoken: what the others may know of a node is on its disk.
    private mutating func checkSpoken(_ record: SignedRecord, by index: Int) {
        guard invariants.spoken[record.nodeID] != record.version else { return }
        invariants.spoken[record.nodeID] = record.version
        pool.publish(record)
        spread.began(record, by: index, at: now)
        let disk = nodes[index].disk
        if record.claim?.subnet != nil, disk.own?.record.claim?.subnet != record.claim?.subnet {
            invariants.broken("durable: node \(index) speaks of a claim that its disk has not", at: now)
        }
        if record.version.sequence >= disk.reserved {
            invariants.broken("durable: node \(index) speaks of number \(record.version.sequence)", at: now)
        }
    }

    /// A node has heard of a peer's record or liveness. Single writer: nobody has a record that its owner has not said.
    mutating func heard(of nodeID: NodeID, by index: Int) {
        guard let record = nodes[index].process?.inPlace({ $0.ledger?.table[nodeID] }) ?? nil else {
            return invariants.broken("node \(index) forgot \(nodeID.short)", at: now)
        }
        if !pool.isPublished(record) {
            invariants.broken("single writer: node \(index) has a record that \(nodeID.short) never said", at: now)
        }
        spread.arrived(record, at: index, now)
    }

    mutating func judge(_ event: NodeEvent, of index: Int) {
        switch event {
        case .liveness(let subject, .suspect): if isHealthy(subject, seenBy: index) { invariants.suspectedHealthy() }
        case .liveness(let subject, .unreachable): judgeFailure(of: subject, by: index)
        case .liveness: break
        case .lease(.lost(let subnet, let winner, _)): judgeYield(of: subnet, to: winner, by: index)
        case .lease(.leaseRemoved(let subject, let subnet)): judgeRemoval(of: subnet, of: subject, by: index)
        case .lease(.adopted): nodes[index].isSpared = false
        case .lease, .foreignSettings, .protocolVersion, .ordered, .banned, .membersFull,
            .tunnelAddressYielded:
            break
        }
        spread.verdict(event, by: index, at: now)
    }

    /// Nothing was done to this node, or to the network between the two, that could excuse a verdict.
    private func isHealthy(_ subject: NodeID, seenBy observer: Int) -> Bool {
        guard now >= judgedFrom, let index = spread.index(of: subject) else { return false }
        return nodes[index].isRunning && nodes[index].isSpared && network.isConnected(index, observer)
            && network.isConnected(observer, index)
    }

    private mutating func judgeFailure(of subject: NodeID, by index: Int) {
        if isHealthy(subject, seenBy: index) {
            let incarnation = nodes[index].process?.gossip.members[subject]?.incarnation ?? 0
            invariants.falseFailure(of: subject, incarnation: incarnation)
        }
        // Fail static: a verdict takes no route away.
        guard let claimant = nodes[index].process?.gossip.ledger?.table.standingClaim(of: subject),
            claimant.claim.claimClass > .tentative
        else { return }
        let owner = nodes[index].process?.gossip.ledger?.table.owner(of: claimant.claim.subnet)
        if owner != claimant, owner?.precedes(claimant).wins != true {
            invariants.broken("fail static: node \(index) lost the route of \(subject.short)", at: now)
        }
    }

    /// S2: a confirmed claim does not yield to a tentative one.
    private mutating func judgeYield(of subnet: IPv4Block, to winner: NodeID, by index: Int) {
        let loser = nodes[index].identity.nodeID
        guard let theirs = nodes[index].process?.gossip.ledger?.table[winner]?.claim,
            let mine = nodes[index].disk.own?.record.claim, mine.subnet == subnet
        else { return }
        if mine.claimClass >= .confirmed, theirs.claimClass == .tentative {
            invariants.broken("S2: node \(index) yielded confirmed \(subnet) to a tentative claim", at: now)
        }
        invariants.yielded(
            Invariants.Yield(loser: loser, winner: winner, subnet: subnet), loserEpoch: mine.epoch,
            winnerEpoch: theirs.epoch, at: now)
    }

    /// Fail static: a route goes when its claim was withdrawn, revoked or replaced.
    private mutating func judgeRemoval(of subnet: IPv4Block, of subject: NodeID, by index: Int) {
        guard let standing = nodes[index].process?.gossip.ledger?.table.standingClaim(of: subject) else { return }
        if standing.claim.subnet == subnet, standing.claim.claimClass > .tentative {
            let what = "fail static: node \(index) removed \(subnet), which \(subject.short) still claims"
            invariants.broken(what, at: now)
        }
    }

    /// S1 and L1, which hold at quiescence.
    package mutating func checkQuiescence() {
        for overlap in overlaps { invariants.broken("S1: \(overlap)", at: now) }
        if !haveEqualTables { invariants.broken("S1: the tables differ at quiescence", at: now) }
        let without = running.filter { $0.claim == nil && $0.process?.gossip.ledger?.phase != .idle }
        guard let table = running.first?.process?.gossip.ledger?.table, !without.isEmpty else { return }
        let claimed = table.claimedSubnets.count { !table.claims(on: $0).isEmpty }
        if claimed < settings.pool.count {
            let indexes = without.map(\.index)
            let free = settings.pool.count - claimed
            invariants.broken("L1: nodes \(indexes) have no lease, and \(free) are free", at: now)
        }
    }
}
