internal import Addressing
internal import ControlAPI
internal import Gossip
internal import LeaseLedger
internal import LeaseStore

/// Why a subnet is whose it is, and what has happened.
extension Daemon {
    func explain(_ selection: LeaseSelection) throws -> Explanation {
        let table = try table
        guard let pool = gossip.ledger?.pool else {
            throw ControlError(.unavailable, "the settings are not settled yet")
        }
        var subnet: IPv4Block?
        var subject: NodeID?
        switch (selection.subnet, selection.node, selection.address) {
        case (let text?, nil, nil): subnet = try block(text)
        case (nil, let text?, nil): subject = try node(text, preferring: .live)
        case (nil, nil, let text?):
            let address = try? IPv4Address(parsing: text)
            subnet = (0..<pool.count).lazy.compactMap { pool.subnet(at: $0) }.first { block in
                address.map { block.contains($0) } ?? false
            }
        default: throw ControlError(.badRequest, "give exactly one of subnet, node and address")
        }
        if subject == nil, subnet.map({ pool.slot(of: $0) == nil }) ?? true {
            throw ControlError(.notFound, "that is none of the cluster's subnets; see `leasectl list`")
        }
        let explanation = LeaseExplanation(
            table, clusterID: context.clusterID, pool: pool, subnet: subnet, subject: subject)
        return Explanation(
            explanation, poolCount: pool.count, pin: explanation.subject.flatMap { table[$0]?.record.pin },
            party: { EventInfo.Party(node: self.name(of: $0), nodeID: $0.description) },
            liveness: { $0 == self.gossip.nodeID ? .alive : self.liveness(self.gossip.members[$0]) })
    }

    /// The journal, what is not on the disk yet included; oldest first.
    func journalEvents(_ selection: EventSelection) async throws -> [EventInfo] {
        let written = try await context.store.events()
        let now = UInt64(max(clock.now.nanoseconds, 0)) / 1_000_000_000
        func age(_ event: JournalEvent) -> Double { Double(now) - Double(event.bootSeconds) }
        let old = written.map {
            EventInfo(journal: $0.event.json, kind: $0.event.kind, ageSeconds: $0.isOfThisBoot ? age($0.event) : nil)
        }
        let new = journal.map { EventInfo(journal: $0.json, kind: $0.kind, ageSeconds: age($0)) }
        return (old + new).filter(selection.includes)
    }
}
