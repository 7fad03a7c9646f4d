/// Why a subnet is whose it is.
package struct Explanation: Codable, Hashable, Sendable {
    /// A claim on the subnet.
    package struct Claim: Codable, Hashable, Sendable {
        package var node: String
        package var nodeID: String
        package var leaseClass: LeaseClass
        package var tenure: UInt8
        package var claimEpoch: UInt64
        package var liveness: Liveness
        package var owns: Bool
        /// The component by which the owner precedes this claim: class, tenure, claimEpoch or nodeID.
        package var lostBy: String?
        /// It was taken back, so it counts for nothing.
        package var revoked: Bool

        package init(
            node: String, nodeID: String, leaseClass: LeaseClass, tenure: UInt8, claimEpoch: UInt64,
            liveness: Liveness, owns: Bool, lostBy: String?, revoked: Bool
        ) {
            self.node = node
            self.nodeID = nodeID
            self.leaseClass = leaseClass
            self.tenure = tenure
            self.claimEpoch = claimEpoch
            self.liveness = liveness
            self.owns = owns
            self.lostBy = lostBy
            self.revoked = revoked
        }

        private enum CodingKeys: String, CodingKey {
            case node, nodeID
            case leaseClass = "class"
            case tenure, claimEpoch, liveness, owns, lostBy, revoked
        }
    }

    /// A subnet that the node prefers to the one it has.
    package struct Preferred: Codable, Hashable, Sendable {
        package var subnet: String
        /// Who claims it now; none: it is free now.
        package var heldBy: EventInfo.Party?

        package init(subnet: String, heldBy: EventInfo.Party?) {
            self.subnet = subnet
            self.heldBy = heldBy
        }
    }

    package var subnet: String?
    /// The node whose preferences are told: the subnet's owner, or the node that was asked about.
    package var node: String?
    package var nodeID: String?
    /// The only subnet that the node shall hold.
    package var pin: String?
    /// The first is the owner's.
    package var claims: [Claim]
    /// The place of the subnet in the node's order of preference, from 1, among `preferenceCount`.
    package var preference: Int?
    package var preferenceCount: Int
    /// The first of those before it.
    package var preferred: [Preferred]
    /// One sentence for people.
    package var message: String

    package init(
        subnet: String?, node: String?, nodeID: String?, pin: String?, claims: [Claim], preference: Int?,
        preferenceCount: Int, preferred: [Preferred], message: String
    ) {
        self.subnet = subnet
        self.node = node
        self.nodeID = nodeID
        self.pin = pin
        self.claims = claims
        self.preference = preference
        self.preferenceCount = preferenceCount
        self.preferred = preferred
        self.message = message
    }
}
