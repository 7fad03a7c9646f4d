/// Something that happened, as `watch` streams it.
package struct EventInfo: Codable, Hashable, Sendable {
    /// The other node of a conflict.
    package struct Party: Codable, Hashable, Sendable {
        package var node: String
        package var nodeID: String

        package init(node: String, nodeID: String) {
            self.node = node
            self.nodeID = nodeID
        }
    }

    package var kind: EventKind
    package var subnet: String?
    package var node: String?
    package var nodeID: String?
    /// One sentence for people.
    package var message: String
    /// How long ago it happened, where that is not just now.
    package var ageSeconds: Double?
    /// To whom the subnet was lost, or with whom the name is shared.
    package var other: Party?
    /// The component of precedence that decided: class, tenure, claimEpoch or nodeID.
    package var by: String?

    package init(
        kind: EventKind, subnet: String? = nil, node: String? = nil, nodeID: String? = nil, message: String,
        ageSeconds: Double? = nil, other: Party? = nil, by: String? = nil
    ) {
        self.kind = kind
        self.subnet = subnet
        self.node = node
        self.nodeID = nodeID
        self.message = message
        self.ageSeconds = ageSeconds
        self.other = other
        self.by = by
    }
}
