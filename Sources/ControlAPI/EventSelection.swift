/// Which events of the journal are meant.
package struct EventSelection: Codable, Hashable, Sendable {
    /// Only those that are no older. Those of an earlier boot have no age.
    package var sinceSeconds: Double?

    package init(sinceSeconds: Double? = nil) { self.sinceSeconds = sinceSeconds }

    package func includes(_ event: EventInfo) -> Bool {
        guard let sinceSeconds else { return true }
        return event.ageSeconds.map { $0 <= sinceSeconds } ?? false
    }
}

extension EventInfo {
    /// An event as the journal has it: one JSON object. What was cut there still has its kind.
    package init(journal json: String, kind: String, ageSeconds: Double?) {
        if let known = try? JSONLine.decode(EventInfo.self, from: Array(json.utf8)) {
            self = known
        } else {
            self.init(kind: EventKind(rawValue: kind), message: "")
        }
        self.ageSeconds = ageSeconds
    }
}

extension EventKind {
    /// Part of what happened to leases, as the journal keeps it.
    package var isLeaseHistory: Bool {
        [
            .claimed, .confirmed, .isolated, .lost, .revoked, .released, .moved, .waiting, .exhausted, .leaseAdded,
            .leaseChanged, .leaseRemoved, .leaseRevoked, .addressChanged, .nameConflict, .identityChanged,
        ].contains(self)
    }
}
