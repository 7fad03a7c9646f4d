package import Addressing

/// One claim on a subnet, as a node sees it. The keys are those of `leasectl list -o json`.
package struct LeaseInfo: Codable, Hashable, Sendable {
    package var subnet: String
    package var node: String
    package var nodeID: String
    package var publicIP: String
    /// vxlan, host-gw or alloc.
    package var backend: String
    /// Only where the backend is vxlan.
    package var vtepMAC: String?
    package var leaseClass: LeaseClass
    package var liveness: Liveness
    /// Whether this is the lease of the node that answers.
    package var isSelf: Bool
    package var seq: UInt64
    package var claimEpoch: UInt64
    /// How long the claim has been held. A peer says only the power of two below it.
    package var tenureSeconds: Int
    /// Since the owner was last heard; null when it has not been heard since the daemon started.
    @ExplicitNull package var lastSeenSeconds: Double?

    private enum CodingKeys: String, CodingKey {
        case subnet, node, nodeID, publicIP, backend, vtepMAC
        case leaseClass = "class"
        case liveness
        case isSelf = "self"
        case seq, claimEpoch, tenureSeconds, lastSeenSeconds
    }

    /// - Parameters:
    ///   - tenure: as the record carries it, ⌊log2 of the seconds held⌋.
    ///   - heldSeconds: more exact than `tenure`, where it is known.
    package init(
        subnet: IPv4Block, node: String, nodeID: String, publicIP: AnyIPAddress, backend: String,
        vtepMAC: MACAddress? = nil, leaseClass: LeaseClass, liveness: Liveness, isSelf: Bool, seq: UInt64,
        claimEpoch: UInt64, tenure: UInt8, heldSeconds: Int? = nil, lastSeenSeconds: Double? = nil
    ) {
        self.subnet = subnet.description
        self.node = node
        self.nodeID = nodeID
        self.publicIP = publicIP.description
        self.backend = backend
        self.vtepMAC = vtepMAC?.description
        self.leaseClass = leaseClass
        self.liveness = liveness
        self.isSelf = isSelf
        self.seq = seq
        self.claimEpoch = claimEpoch
        tenureSeconds = heldSeconds ?? (tenure == 0 ? 0 : 1 << min(Int(tenure), 62))
        self.lastSeenSeconds = lastSeenSeconds
    }

    /// The rows of `list` out of claims: by subnet, and where claims overlap the winner before the loser.
    /// - Parameters:
    ///   - claims: all that are not revoked.
    ///   - precedes: `Claimant.precedes` of the claims' claimants.
    package static func rows<Source>(
        of claims: [(subnet: IPv4Block, source: Source)], precedes: (Source, Source) -> Bool,
        info: (Source) -> LeaseInfo
    ) -> [LeaseInfo] {
        claims
            .sorted { left, right in
                left.subnet == right.subnet ? precedes(left.source, right.source) : left.subnet < right.subnet
            }
            .map { info($0.source) }
    }
}
