/// One node of the cluster, as another sees it. The keys are those of `leasectl members -o json`.
package struct MemberInfo: Codable, Hashable, Sendable {
    package var node: String
    package var nodeID: String
    /// Where the node takes gossip, ADDRESS:PORT.
    package var address: String
    package var liveness: Liveness
    package var incarnation: UInt64
    /// Smoothed round trip; left out when none was measured.
    package var rttMilliseconds: Double?
    /// The release the node runs.
    package var version: String

    package init(
        node: String, nodeID: String, address: String, liveness: Liveness, incarnation: UInt64,
        rttMilliseconds: Double? = nil, version: String
    ) {
        self.node = node
        self.nodeID = nodeID
        self.address = address
        self.liveness = liveness
        self.incarnation = incarnation
        self.rttMilliseconds = rttMilliseconds
        self.version = version
    }
}
