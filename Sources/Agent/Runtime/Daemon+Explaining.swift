internal import ControlAPI
internal import Gossip
internal import Inspection
internal import LeaseLedger
internal import LeaseStore

/// Why a subnet is whose it is, and what has happened.
extension Daemon {
    func explain(_ selection: LeaseSelection) throws -> Explanation {
        let table = try table
        guard let pool = gossip.ledger?.pool else {
            throw ControlError(.unavailable, "the settings are not settled yet")
        }
        return try Explanation(
            selection, in: table, pool: pool, clusterID: context.clusterID,
            node: { try self.node($0, preferring: .live) },
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
