/// A name out of a list that may grow: what a newer daemon says, an older leasectl still reads and prints.
package protocol OpenName: RawRepresentable, Codable, Hashable, Sendable, CustomStringConvertible
where RawValue == String {
    init(rawValue: String)
}

extension OpenName {
    package var description: String { rawValue }
}

/// How firmly a claim stands.
package struct LeaseClass: OpenName {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Pinned by the operator.
    package static let pinned = LeaseClass(rawValue: "static")
    package static let used = LeaseClass(rawValue: "used")
    package static let confirmed = LeaseClass(rawValue: "confirmed")
    package static let isolated = LeaseClass(rawValue: "isolated")
    package static let tentative = LeaseClass(rawValue: "tentative")
}

/// What this node thinks of another.
package struct Liveness: OpenName {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let alive = Liveness(rawValue: "alive")
    package static let suspect = Liveness(rawValue: "suspect")
    package static let unreachable = Liveness(rawValue: "unreachable")
    package static let left = Liveness(rawValue: "left")
    /// Refused for ever (`leasectl node ban`).
    package static let banned = Liveness(rawValue: "banned")
}

/// What happened, to a lease, a member, or this node.
package struct EventKind: OpenName {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    package static let claimed = EventKind(rawValue: "claimed")
    package static let confirmed = EventKind(rawValue: "confirmed")
    package static let isolated = EventKind(rawValue: "isolated")
    package static let lost = EventKind(rawValue: "lost")
    package static let revoked = EventKind(rawValue: "revoked")
    package static let released = EventKind(rawValue: "released")
    /// The own subnet is another now: the new one was confirmed before the old one was given back.
    package static let moved = EventKind(rawValue: "moved")
    /// The pinned subnet is another node's.
    package static let waiting = EventKind(rawValue: "waiting")
    /// Another node's claim was taken back.
    package static let leaseRevoked = EventKind(rawValue: "leaseRevoked")
    package static let exhausted = EventKind(rawValue: "exhausted")
    package static let leaseAdded = EventKind(rawValue: "leaseAdded")
    package static let leaseChanged = EventKind(rawValue: "leaseChanged")
    package static let leaseRemoved = EventKind(rawValue: "leaseRemoved")
    package static let memberAlive = EventKind(rawValue: "memberAlive")
    package static let memberSuspect = EventKind(rawValue: "memberSuspect")
    package static let memberUnreachable = EventKind(rawValue: "memberUnreachable")
    package static let memberLeft = EventKind(rawValue: "memberLeft")
    package static let addressChanged = EventKind(rawValue: "addressChanged")
    package static let nameConflict = EventKind(rawValue: "nameConflict")
    package static let dataplaneRepaired = EventKind(rawValue: "dataplaneRepaired")
    package static let dataplaneFailed = EventKind(rawValue: "dataplaneFailed")
    package static let storeProblem = EventKind(rawValue: "storeProblem")
    package static let memberBanned = EventKind(rawValue: "memberBanned")
    package static let membersFull = EventKind(rawValue: "membersFull")
    package static let keysChanged = EventKind(rawValue: "keysChanged")
    package static let identityChanged = EventKind(rawValue: "identityChanged")
    /// The first answer to `watch`: from here on nothing is missed.
    package static let watching = EventKind(rawValue: "watching")
}
