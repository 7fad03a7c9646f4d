package import Addressing
package import LeaseLedger

/// How a member is seen. The order is SWIM's precedence at equal incarnations (SWIM §4.2); `left` was said by the member.
package enum Liveness: UInt8, Hashable, Comparable, Sendable, CaseIterable {
    case alive = 0
    case suspect = 1
    case unreachable = 2
    case left = 3

    package static func < (left: Liveness, right: Liveness) -> Bool { left.rawValue < right.rawValue }

    /// Takes part: it is probed, and its word counts.
    package var isLive: Bool { self <= .suspect }
}

/// For those who have another `Liveness` too: the module's name is hidden behind the type `Gossip`.
package typealias MemberLiveness = Liveness

/// A rumour about a member's liveness.
package struct LivenessUpdate: Hashable, Sendable {
    package var nodeID: NodeID
    package var incarnation: UInt64
    package var liveness: Liveness
    /// Who says so first hand: independent accusers shorten a suspicion (Lifeguard).
    package var accuser: NodeID

    package init(nodeID: NodeID, incarnation: UInt64, liveness: Liveness, accuser: NodeID) {
        self.nodeID = nodeID
        self.incarnation = incarnation
        self.liveness = liveness
        self.accuser = accuser
    }
}

/// What a joiner asks for and what a member answers: the network settings travel with the cluster.
package struct SettingsOffer: Hashable, Sendable {
    package var settings: NetworkSettings
    /// A cluster runs by these; they are no longer a wish.
    package var agreed: Bool
    /// How many of the settings somebody has named; the others are defaults.
    package var named: UInt8

    package init(settings: NetworkSettings, agreed: Bool, named: UInt8) {
        self.settings = settings
        self.agreed = agreed
        self.named = named
    }
}

/// One message of the gossip protocol.
package enum GossipMessage: Hashable, Sendable {
    /// SWIM's ping. `target`: who is meant, so that a reused address answers for nobody else. `tableHash`: equal hashes
    /// end an exchange before it begins.
    case ping(sequence: UInt32, target: NodeID, tableHash: UInt64)
    case acknowledgement(sequence: UInt32, tableHash: UInt64)
    case indirectPing(sequence: UInt32, target: NodeID, endpoint: Endpoint)
    /// Lifeguard: the helper is well, the target did not answer it.
    case negativeAcknowledgement(sequence: UInt32)
    case liveness(LivenessUpdate)
    /// A record, and how the sender sees its owner.
    case record(SignedRecord, liveness: Liveness, incarnation: UInt64)
    case revocation(SignedRevocation)
    case hello(SettingsOffer, tableHash: UInt64)
    case welcome(SettingsOffer, tableHash: UInt64)
    /// The 256 bucket hashes of the sender's table, four bytes each.
    case buckets([UInt32])
    /// All entries of one bucket, or a page of them; `last` closes the bucket.
    case summary(bucket: UInt8, last: Bool, entries: [TableEntry])
    /// Ends the answer to `buckets`: how many of them differ. None: the tables are equal.
    case summarised(differing: UInt16)
    case want([TableEntry])
    /// The sender has this version of the receiver's record and nothing that precedes its claim.
    case claimAcknowledged(RecordVersion)
    /// Members that the sender sees alive: what a healed partition needs first.
    case view([ViewEntry])
    /// The receiver's incarnation is behind what the sender has seen of it: its state was restored.
    case stale(incarnation: UInt64)
    /// Cluster keys, sealed to the receiver's own key; opaque here.
    case keyRing([UInt8])
    /// The sender is on this network, for whoever looks for a cluster (--discover).
    case announcement
    /// An operator's order to the receiver, for the run that it is in; or only the question what it would lead to.
    case order(LeaseOrder, number: UInt64, run: UInt64, onlyAsking: Bool)
    case orderAnswered(OrderOutcome, number: UInt64)
}

/// A member and the incarnation at which it is alive.
package struct ViewEntry: Hashable, Sendable {
    package var nodeID: NodeID
    package var incarnation: UInt64

    package init(nodeID: NodeID, incarnation: UInt64) {
        self.nodeID = nodeID
        self.incarnation = incarnation
    }
}
