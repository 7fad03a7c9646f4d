/// What an operation is about. Which members count is the operation's matter.
package struct LeaseRequest: Codable, Hashable, Sendable {
    /// "self", a node's name, its nodeID, or the first eight or more digits of that.
    package var node: String?
    /// ADDRESS/LENGTH, or "any".
    package var subnet: String?
    /// The node that takes another's place.
    package var successor: String?
    /// Only say what would happen.
    package var dryRun: Bool?

    package init(node: String? = nil, subnet: String? = nil, successor: String? = nil, dryRun: Bool? = nil) {
        self.node = node
        self.subnet = subnet
        self.successor = successor
        self.dryRun = dryRun
    }
}

/// What an operation has done, or would do.
package struct LeaseChange: Codable, Hashable, Sendable {
    /// How far it is.
    package struct State: OpenName {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// It was so before.
        package static let unchanged = State(rawValue: "unchanged")
        package static let done = State(rawValue: "done")
        /// The node is about it: a claim is confirmed within seconds.
        package static let pending = State(rawValue: "pending")
        /// Another node holds the subnet; it will be done when that gives it back.
        package static let waiting = State(rawValue: "waiting")
    }

    /// The operation's name, as leasectl's command.
    package var operation: String
    /// The node whose lease changes.
    package var node: String
    package var nodeID: String
    package var state: State
    /// What the node holds then, or is after; none: no subnet, or whichever it finds.
    package var subnet: String?
    /// What it held before, and its claim's epoch.
    package var formerSubnet: String?
    package var formerEpoch: UInt64?
    /// Who holds the subnet that is waited for.
    package var heldBy: EventInfo.Party?
    package var dryRun: Bool
    /// One sentence for people.
    package var message: String

    package init(
        operation: String, node: String, nodeID: String, state: State, subnet: String? = nil,
        formerSubnet: String? = nil, formerEpoch: UInt64? = nil, heldBy: EventInfo.Party? = nil, dryRun: Bool,
        message: String
    ) {
        self.operation = operation
        self.node = node
        self.nodeID = nodeID
        self.state = state
        self.subnet = subnet
        self.formerSubnet = formerSubnet
        self.formerEpoch = formerEpoch
        self.heldBy = heldBy
        self.dryRun = dryRun
        self.message = message
    }
}
