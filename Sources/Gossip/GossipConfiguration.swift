package import Addressing
package import LeaseLedger

/// What a node is told before it starts.
package struct GossipConfiguration: Sendable {
    package var identity: LeaseLedger.Identity
    /// The own record as of the last run. Its sequence, from which the incarnation starts too, is at or above every number
    /// ever spoken.
    package var own: NodeRecord
    package var reserved: UInt64
    package var hint: IPv4Block?
    package var pinned: IPv4Block?
    /// The node routes and owns no subnet.
    package var isObserver = false
    /// How long an owner must be absent before a node without a subnet may take its claim back; `nil`: never.
    package var reclaimAfter: Duration? = .seconds(60)
    package var offer: SettingsOffer
    /// What the operator named that contradicts these settings, a line each.
    package var differences: @Sendable (NetworkSettings) -> [String]
    /// Whether the record is signed by the node it speaks of, for this cluster.
    package var verifyRecord: @Sendable (SignedRecord) -> Bool
    package var verifyRevocation: @Sendable (SignedRevocation) -> Bool
    /// A record of this node and version that is at hand beside the own table's, so that it need not be decoded again:
    /// a simulation's thousands of tables share their records.
    package var sharedRecord: @Sendable (NodeID, RecordVersion) -> SignedRecord? = { _, _ in nil }
    /// What peers must know of this node's backend under these settings.
    package var backend: @Sendable (NetworkSettings) -> BackendData
    package var hasSeeds: Bool
    package var joinTimeout: Duration
    package var randomSeed: UInt64
    package var timing = GossipTiming()
    /// Members taken at most; `nil`: twice as many as the network has subnets, and 4,096 at least.
    package var mostMembers: Int?

    package init(
        identity: LeaseLedger.Identity, own: NodeRecord, reserved: UInt64, hint: IPv4Block? = nil,
        pinned: IPv4Block? = nil, offer: SettingsOffer,
        differences: @escaping @Sendable (NetworkSettings) -> [String] = { _ in [] },
        verifyRecord: @escaping @Sendable (SignedRecord) -> Bool,
        verifyRevocation: @escaping @Sendable (SignedRevocation) -> Bool,
        backend: @escaping @Sendable (NetworkSettings) -> BackendData, hasSeeds: Bool,
        joinTimeout: Duration = .seconds(3), randomSeed: UInt64
    ) {
        self.identity = identity
        self.own = own
        self.reserved = reserved
        self.hint = hint
        self.pinned = pinned
        self.offer = offer
        self.differences = differences
        self.verifyRecord = verifyRecord
        self.verifyRevocation = verifyRevocation
        self.backend = backend
        self.hasSeeds = hasSeeds
        self.joinTimeout = joinTimeout
        self.randomSeed = randomSeed
    }
}

/// The protocol's times and numbers.
package struct GossipTiming: Hashable, Sendable {
    /// One probe a period (SWIM §4.1).
    package var probeInterval = Duration.seconds(1)
    /// From the first ping to the verdict.
    package var probeTimeout = Duration.milliseconds(600)
    package var indirectProbes = 3
    /// The least time of a suspicion, for up to ten peers.
    package var suspicion = Duration.milliseconds(800)
    /// To how many members news goes at once, in a small cluster, and in one round but for one.
    package var fanout = 4
    /// Between two forwardings of fresh news: it bounds what a crowd of news costs, and delays no lone piece.
    package var eagerPace = Duration.milliseconds(5)
    /// Between the rounds that repeat news: the first, and the later ones.
    package var firstRound = Duration.milliseconds(25)
    package var laterRound = Duration.milliseconds(150)
    /// How long a difference of tables may be news under way.
    package var settling = Duration.milliseconds(300)
    /// How long at most, where news never ends.
    package var mostSettling = Duration.milliseconds(800)
    /// Doubles with every attempt, up to 6.4 s: machines that start together find their seeds not listening yet.
    package var joinRetry = Duration.milliseconds(50)
    /// Between contacts with one of those that do not answer.
    package var reconnect = Duration.seconds(5)

    package init() {}
}

/// A peer as the store remembers it.
package struct StoredMember: Hashable, Sendable {
    package var record: SignedRecord
    package var incarnation: UInt64
    /// How long it had been absent when the last run ended; `nil`: it was not.
    package var absentFor: Duration?

    package init(record: SignedRecord, incarnation: UInt64, absentFor: Duration? = nil) {
        self.record = record
        self.incarnation = incarnation
        self.absentFor = absentFor
    }
}
