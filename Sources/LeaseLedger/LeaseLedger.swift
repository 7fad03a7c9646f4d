package import Addressing

/// The leases as one node sees them, and its own claim: a pure value driven by `handle(_:at:)`.
///
/// A node writes only its own record. It listens (until it is synchronised with a peer, or the join times out), claims
/// the most preferred free subnet as TENTATIVE, and holds it as CONFIRMED once every live peer has acknowledged the
/// claim or two flooding times have passed; ISOLATED if there was no peer. Whenever its claim meets one that precedes
/// it, it withdraws and claims the next. Conflicts are derived from the records, never stored. A node that is told to
/// hold another subnet prepares a claim on that beside its present one, and changes over once the new one is confirmed.
package struct LeaseLedger: Sendable {
    /// What a node is before it has a record.
    package struct Identity: Sendable {
        package var clusterID: UInt64
        package var nodeID: NodeID
        package var publicKey: [UInt8]
        /// Random, new at each start.
        package var runNonce: UInt64
        package var sign: @Sendable ([UInt8]) -> [UInt8]

        package init(
            clusterID: UInt64, nodeID: NodeID, publicKey: [UInt8], runNonce: UInt64,
            sign: @escaping @Sendable ([UInt8]) -> [UInt8]
        ) {
            self.clusterID = clusterID
            self.nodeID = nodeID
            self.publicKey = publicKey
            self.runNonce = runNonce
            self.sign = sign
        }
    }

    package enum Phase: Hashable, Sendable {
        /// Has not started.
        case stopped
        /// Waits to hear of the others' claims first.
        case listening(until: Instant)
        /// The claim is published and not confirmed yet.
        case claiming(since: Instant)
        case holding
        /// No subnet is free.
        case exhausted
        /// Owns no subnet and wants none.
        case idle
    }

    let identity: Identity
    package let pool: SubnetPool
    /// Set from outside only where the search puts a fault in.
    package var table = RecordTable()
    package internal(set) var phase = Phase.stopped
    /// The own record as it should be; what the others may know of it is in the table.
    package internal(set) var own: NodeRecord
    /// Peers that are reachable now.
    package internal(set) var live = PagedSet<NodeID>()

    /// The next number that needs a new reservation.
    package internal(set) var reserved: UInt64
    package internal(set) var uncommitted: SignedRecord?
    package internal(set) var hint: IPv4Block?
    /// The subnet whose claim was revoked: not taken again while another is free.
    package internal(set) var avoided: IPv4Block?
    /// The subnet to move from.
    package internal(set) var draining: IPv4Block?
    /// When the claim to move to was made.
    package internal(set) var preparingSince: Instant?
    /// What the last commit that was asked for says.
    var durable: Standing
    let configuredPin: IPv4Block?
    /// Holds no subnet, as configured.
    let isObserver: Bool
    /// How long an owner must have been absent before its claim may be taken back for want of another; `nil`: never.
    let reclaimAfter: Duration?
    /// Since when this node has known each absent owner to be absent.
    package internal(set) var absentSince: [NodeID: Instant] = [:]
    /// Since when this run has the claim of an earlier run; `nil`: the claim is its own, or nobody can know better any
    /// more. See `yieldIfPreceded`.
    package internal(set) var inheritedSince: Instant?
    /// When the present claim began, moved back by what was held before a restart.
    var heldSince = Instant.zero
    package internal(set) var acknowledgements: Set<NodeID> = []
    package internal(set) var overtakes: [UInt64: Int] = [:]
    /// The table in which no subnet was free.
    var exhaustedTable: UInt64?

    /// How many numbers a reservation spans: a write a start, and one in 65,536 records.
    static let reservation: UInt64 = 1 << 16
    /// How far a change of the claim moves the sequence: beyond what sixteen starts from any disk of before the change
    /// reserve. So whatever a restored copy of the disk says is older than the change, and is void where that is known.
    package static let leap: UInt64 = 1 << 20
    /// Epochs up to here leave their mark in the sequence.
    static let largestKeptEpoch: UInt64 = 1 << 26
    /// Tenure is published when it reaches this (1,024 s), then at every second step (each four times the last): a change
    /// of it is written to disk and told to everybody, and a young claim is told from a younger by its epoch.
    static let leastTenure: UInt8 = 10
    static let tenureStep: UInt8 = 2
    /// How much longer the absent are waited for by a node that sees fewer than half of all: it may be the one that is
    /// absent.
    static let minorityPatience = 60
    /// Beyond this many live peers a claim is confirmed by time alone: acknowledgements would flood the claimant.
    package static let mostAcknowledgers = 128

    /// - Parameters:
    ///   - own: the record as of the last run, or a new one without a claim. Its version's sequence must be at or above
    ///     everything ever spoken; its run nonce is replaced.
    ///   - reserved: the end of the committed reservation of numbers; at least `own.version.sequence`.
    ///   - hint: the subnet to ask for first.
    ///   - pinned: the only subnet that this node shall hold, if the configuration says so; otherwise what the record says.
    ///   - isObserver: the node shall hold none.
    ///   - reclaimAfter: how long an owner must be absent before it may lose its subnet to a node without one.
    package init(
        identity: Identity, pool: SubnetPool, own: NodeRecord, reserved: UInt64, hint: IPv4Block? = nil,
        pinned: IPv4Block? = nil, isObserver: Bool = false, reclaimAfter: Duration? = nil
    ) {
        self.identity = identity
        self.pool = pool
        self.own = own
        self.own.nodeID = identity.nodeID
        self.own.publicKey = identity.publicKey
        self.own.version.runNonce = identity.runNonce
        self.reserved = reserved
        durable = Standing(own)
        self.hint = hint
        self.isObserver = isObserver
        self.reclaimAfter = reclaimAfter
        configuredPin = pinned
        if let pinned { self.own.pin = pinned }
    }

    package mutating func handle(_ input: LedgerInput, at now: Instant) -> [LedgerEffect] {
        var effects: [LedgerEffect] = []
        switch input {
        case .start(let peersExpected, let joinTimeout):
            start(peersExpected: peersExpected, joinTimeout: joinTimeout, now, &effects)
        case .synchronised:
            if case .listening = phase { claimNext(now, &effects) }
        case .restored(let records, let absentFor):
            for record in records where record.nodeID != own.nodeID {
                _ = table.merge(record)
                noteUnheard(record.nodeID, now + (.zero - (absentFor[record.nodeID] ?? .zero)))
            }
        case .discarded(let records):
            for record in records where table[record.nodeID] == record && record.nodeID != own.nodeID {
                table.remove(record.nodeID)
                effects.append(.ownersChanged)
            }
        case .record(let record):
            merge(record, now, &effects)
        case .revocation(let revocation):
            merge(revocation, now, &effects)
        case .liveness(let nodeID, let isLive):
            // An isolated claim meets its first peer: its confirmation begins now.
            if isLive, live.isEmpty, case .claiming = phase { phase = .claiming(since: now) }
            noteLiveness(nodeID, isLive, now)
        case .acknowledged(let nodeID, let version):
            if version == table[own.nodeID]?.version, live.contains(nodeID) { acknowledgements.insert(nodeID) }
        case .committed(let version):
            committed(version, &effects)
        case .located(let endpoint, let publicIP, let backend):
            locate(endpoint, publicIP, backend, now, &effects)
        case .secured(let security):
            guard own.security != security else { break }
            if phase == .stopped {
                own.security = security
            } else {
                changeOwn(now, &effects) { $0.security = security }
            }
        case .evicted(let nodeID):
            guard nodeID != own.nodeID else { break }
            live.remove(nodeID)
            absentSince[nodeID] = nil
            if table.remove(nodeID) != nil { effects += [.peerChanged(nodeID), .ownersChanged] }
        case .endpointAttached:
            if let claim = own.claim, claim.claimClass < .used, claim.claimClass >= .isolated {
                changeOwn(now, &effects) { $0.claim?.claimClass = .used }
            }
        case .order(let order):
            obey(order, now, &effects)
        case .revoke(let nodeID, let forget):
            revoke(nodeID, forget ? .forgotten : .operatorRequest, now, &effects)
        case .reserve(let number):
            guard number >= reserved, number <= NodeRecord.largestCounter else { break }
            reserved = number
            own.version.sequence = max(own.version.sequence, number)
            if phase != .stopped { changeOwn(now, &effects) { _ in } }
        case .tick:
            break
        }
        advance(now, &effects)
        return effects
    }

    /// For simulations that begin with a cluster that has long been running: its table, this node's record included, and
    /// all of its nodes.
    package mutating func join(_ table: RecordTable, live nodes: PagedSet<NodeID>) {
        self.table = table
        live = nodes
        live.remove(own.nodeID)
    }

    /// When `handle(.tick)` is wanted at the latest; `nil`: not before the next input.
    package var nextDeadline: Instant? {
        guard phase != .stopped else { return nil }
        // Asked for at every datagram.
        var earliest = phaseDeadline
        if let ends = inheritanceEnds, earliest.map({ ends < $0 }) ?? true { earliest = ends }
        if let ends = preparationEnds, earliest.map({ ends < $0 }) ?? true { earliest = ends }
        return earliest
    }

    /// When an inherited claim begins to yield as any other.
    var inheritanceEnds: Instant? { inheritedSince.map { $0 + floodingTime + floodingTime } }

    /// When the claim to move to is confirmed by time.
    package var preparationEnds: Instant? {
        guard own.next != nil, uncommitted == nil, !live.isEmpty else { return nil }
        return preparingSince.map { $0 + floodingTime + floodingTime }
    }

    private var phaseDeadline: Instant? {
        switch phase {
        case .listening(let until): until
        case .claiming(let since): uncommitted == nil && !live.isEmpty ? since + floodingTime + floodingTime : nil
        case .holding: nextTenureChange
        case .exhausted: nextReclaim
        case .stopped, .idle: nil
        }
    }

    /// The time in which a record reaches everybody, on a network that loses a little: rounds of gossip that multiply
    /// its holders by four, 150 ms each, and two more.
    package var floodingTime: Duration {
        var rounds = 2
        var reached = 1
        while reached <= live.count {
            reached *= 4
            rounds += 1
        }
        return .milliseconds(150 * rounds)
    }

    /// The claim that this node holds and may install: published, past TENTATIVE, and not about to be given up.
    package var heldClaim: Claim? {
        guard let claim = table[own.nodeID]?.claim, claim.claimClass > .tentative, claim.subnet == own.claim?.subnet
        else { return nil }
        return claim
    }

    /// Seconds for which the present claim has been held.
    package func tenureSeconds(at now: Instant) -> Int64 {
        own.claim == nil ? 0 : max(0, (now - heldSince).wholeNanoseconds / 1_000_000_000)
    }
}
