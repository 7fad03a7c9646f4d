/// Whom `node ban` means: a name, a nodeID, or eight or more digits of that.
package struct BanRequest: Codable, Hashable, Sendable {
    package var node: String
    package var dryRun: Bool?

    package init(node: String, dryRun: Bool? = nil) {
        self.node = node
        self.dryRun = dryRun
    }
}

/// What a ban does, or would do.
package struct BanInfo: Codable, Hashable, Sendable {
    package var node: String
    package var nodeID: String
    /// The subnet that it loses; null when it holds none.
    @ExplicitNull package var subnet: String?
    package var liveness: Liveness
    /// It was banned before.
    package var alreadyBanned: Bool
    package var dryRun: Bool
    /// What is left to do.
    package var advice: String

    package init(
        node: String, nodeID: String, subnet: String?, liveness: Liveness, alreadyBanned: Bool, dryRun: Bool,
        advice: String
    ) {
        self.node = node
        self.nodeID = nodeID
        self.subnet = subnet
        self.liveness = liveness
        self.alreadyBanned = alreadyBanned
        self.dryRun = dryRun
        self.advice = advice
    }
}
