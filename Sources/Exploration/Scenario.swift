/// One bounded world to search: how many nodes on how many subnets, and what may happen to them how often.
package struct Scenario: Sendable {
    package var name: String
    /// Machines that start with an empty disk.
    package var nodes = 2
    /// Subnets in the pool. All nodes prefer them in the same order, so that they meet.
    package var subnets = 2
    /// A machine loses its memory; its disk stays.
    package var crashes = 0
    /// A machine that is down gets back an older copy of its disk, or an empty one beside its identity.
    package var restores = 0
    /// A second machine starts from a copy of a disk, its identity included.
    package var clones = 0
    /// A node revokes a claim of another.
    package var revocations = 0
    /// A node puts another out of sight, its claim included.
    package var forgets = 0
    /// A node gives its claim back: for good, or until it is told to take one.
    package var releases = 0
    /// A node is told to hold one subnet and no other.
    package var pins = 0
    /// A holder is told to move.
    package var drains = 0
    /// A node without a subnet takes the claim of one that it sees dead back.
    package var reclaims = 0
    /// How many of the nodes, the last ones, route and own no subnet.
    package var observers = 0
    /// A node takes a running peer for dead, until it finds out.
    package var suspicions = 0
    /// A holder's tenure reaches its next step.
    package var tenures = 0
    /// An endpoint attaches to the subnet of a holder: USED.
    package var attachments = 0
    /// How often a deadline passes (a join's, a confirmation's) before everything that the running nodes know has arrived:
    /// partitions and losses.
    package var haste = 2
    /// Commits take time; otherwise each is done before anything else happens.
    package var slowDisks = false
    /// Acknowledgements travel, besides the time that confirms as well.
    package var acknowledgements = false
    /// A restart finds the peers' records of before, besides finding none.
    package var peerCache = false
    /// A start's nonce may be below all earlier ones, besides above them.
    package var nonceOrders = false
    /// Whatever was once spoken may still arrive; otherwise only what some running node still holds.
    package var lateDatagrams = true
    /// A revocation arrives only from a running node that still holds it, or held it on its disk at its start; otherwise
    /// whatever was issued may arrive for ever.
    var revocationsFade = false
    /// A running node counts as alive as soon as its record has come, as `Gossip` has it; otherwise at any time later.
    package var promptLiveness = false
    /// All machines run from the beginning; otherwise each starts at any moment or never.
    package var startTogether = false
    package var mutant: Mutant?
    /// The search ends, and says so, when it knows this many states.
    package var mostStates = 1_000_000

    package init(_ name: String, _ configure: (inout Scenario) -> Void = { _ in }) {
        self.name = name
        configure(&self)
    }
}

/// A fault put into what surrounds the ledgers, to see that the search finds it.
package enum Mutant: String, Sendable, CaseIterable {
    /// Every start of a node has the same run nonce.
    case sameRunNonce
    /// A node does not look at newer records of its own.
    case deafToOwnRecords
    /// At equal class, tenure and epoch each side takes the other's claim for the preceding one.
    case symmetricTie
    /// A record is spoken before it is on the disk.
    case spokenBeforeDurable
    /// Revocations reach nobody but their issuer's peers' tables: the owner never hears of them.
    case deafToRevocations
    /// A revocation is dropped as soon as its owner has said anything since the claim was made, whether that carries the
    /// claim or not: half of the rule of `RecordTable.isSuperseded`.
    case revocationsDroppedEarly
    /// The other half alone: a revocation is dropped by any record of its owner without the claim, one from before the
    /// claim as well.
    case revocationsDroppedByOldRecords
}
