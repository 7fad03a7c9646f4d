/// Who answers: `hello` and `version`.
package struct VersionInfo: Codable, Hashable, Sendable {
    package var version: String
    /// Grows only when a request or an answer changes its meaning; additions do not count.
    package var protocolVersion: Int
    /// The methods this daemon knows.
    package var methods: [String]

    private enum CodingKeys: String, CodingKey {
        case version
        case protocolVersion = "protocol"
        case methods
    }

    package init(version: String, protocolVersion: Int = ControlProtocol.version, methods: [String]) {
        self.version = version
        self.protocolVersion = protocolVersion
        self.methods = methods
    }
}

/// What a new node needs to join.
package struct TokenInfo: Codable, Hashable, Sendable {
    /// A secret: it carries the cluster's key.
    package var token: String

    package init(token: String) { self.token = token }
}
