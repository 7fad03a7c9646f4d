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

extension EventInfo {
    /// What encoding it gives, without the cost of an encoder that must find out each type: machines that start together
    /// have thousands of events.
    package var json: JSONValue {
        func text(_ key: String, _ value: String?) -> JSONValue.Member? { value.map { .init(key, .string($0)) } }
        let other = other.map { party in
            JSONValue.object([.init("node", .string(party.node)), .init("nodeID", .string(party.nodeID))])
        }
        let members = [
            text("kind", kind.rawValue), text("subnet", subnet), text("node", node), text("nodeID", nodeID),
            text("message", message), ageSeconds.map { .init("ageSeconds", .number($0)) },
            other.map { .init("other", $0) }, text("by", by),
        ]
        return .object(members.compactMap(\.self))
    }
}
