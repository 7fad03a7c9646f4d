package import Addressing

/// How firmly a claim stands, weakest first. Of two claims on one subnet the firmer class wins.
package enum ClaimClass: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    /// Published, not installed by anybody.
    case tentative = 0
    /// Confirmed alone: no peer was heard.
    case isolated = 1
    case confirmed = 2
    /// An endpoint has attached to the subnet; giving it up would break a running container.
    case used = 3
    /// Pinned by the operator.
    case pinned = 4

    /// As `leasectl` prints it: static, used, confirmed, isolated, tentative.
    package var label: String { self == .pinned ? "static" : "\(self)" }

    package static func < (left: ClaimClass, right: ClaimClass) -> Bool { left.rawValue < right.rawValue }
}

/// A node's claim on one subnet. It is part of the node's own record and written by nobody else.
package struct Claim: Hashable, Sendable {
    package var subnet: IPv4Block
    package var claimClass: ClaimClass
    /// ⌊log2 of the seconds held⌋, on boot time. It only grows within one claim.
    package var tenure: UInt8
    /// Lamport time of the claim: 1 + the highest epoch its claimant had seen. It never changes within one claim.
    package var epoch: UInt64

    package init(subnet: IPv4Block, claimClass: ClaimClass, tenure: UInt8 = 0, epoch: UInt64) {
        self.subnet = subnet
        self.claimClass = claimClass
        self.tenure = tenure
        self.epoch = epoch
    }
}

/// A claim with its claimant: what precedence compares.
package struct Claimant: Hashable, Sendable {
    package var nodeID: NodeID
    package var claim: Claim

    package init(nodeID: NodeID, claim: Claim) {
        self.nodeID = nodeID
        self.claim = claim
    }

    /// The component by which one of two claims on overlapping subnets precedes the other.
    package enum Component: String, Sendable {
        case claimClass = "class"
        case tenure
        case epoch = "claimEpoch"
        case nodeID
    }

    /// Decides between two claims: firmer class, longer tenure, earlier epoch, lower nodeID. A strict total order over
    /// different claimants, and each component only moves in its claim's favour, so of a pair at most one ever yields.
    ///
    /// Below CONFIRMED the epoch does not count. Two nodes that claim the last free subnet again and again, each reading
    /// the other's claims one round late, would each find the other's claim the earlier one, and both would yield for
    /// ever; the nodeID is the same in every round.
    package func precedes(_ other: Claimant) -> (wins: Bool, by: Component) {
        if claim.claimClass != other.claim.claimClass {
            return (claim.claimClass > other.claim.claimClass, .claimClass)
        }
        if claim.tenure != other.claim.tenure { return (claim.tenure > other.claim.tenure, .tenure) }
        if claim.claimClass >= .confirmed, claim.epoch != other.claim.epoch {
            return (claim.epoch < other.claim.epoch, .epoch)
        }
        return (nodeID < other.nodeID, .nodeID)
    }
}

/// A claim taken back by somebody other than its owner: the pair it names is void for ever, whoever still gossips it.
/// A grow-only, idempotent set: safe to issue on many nodes at once. Nothing is transferred.
package struct Revocation: Hashable, Comparable, Sendable {
    package var nodeID: NodeID
    package var claimEpoch: UInt64

    package init(nodeID: NodeID, claimEpoch: UInt64) {
        self.nodeID = nodeID
        self.claimEpoch = claimEpoch
    }

    package static func < (left: Revocation, right: Revocation) -> Bool {
        (left.nodeID, left.claimEpoch) < (right.nodeID, right.claimEpoch)
    }
}
