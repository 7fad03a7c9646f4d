internal import Addressing
package import LeaseLedger

/// One node of the cluster: SWIM membership with Lifeguard (arXiv 1707.00788), eager dissemination, anti-entropy and
/// joining, around a `LeaseLedger`. A pure state machine: it is driven by `handle(_:at:)` and says what it wants done;
/// sockets, sealing, clocks and disks are elsewhere.
///
/// Where it departs from SWIM: the table hash travels on every ping, so an exchange of equal tables costs nothing;
/// members are never forgotten while their record stands, and those that do not answer are contacted for ever, which
/// is what heals a partition; there is no TCP, so pings are repeated within the probe's time.
package struct Gossip: Sendable {
    let configuration: GossipConfiguration
    /// `nil` until the cluster's settings are settled.
    package internal(set) var ledger: LeaseLedger?
    package internal(set) var members = PagedDictionary<NodeID, Member>()
    /// Suspicions under way.
    var suspicions = Waiting<NodeID, Suspicion>()
    /// Who said last, first hand, that a member does not answer.
    var accusers: [NodeID: NodeID] = [:]
    /// Members that are not live, in no meaningful order.
    var silent: [NodeID] = []
    package internal(set) var counters = GossipCounters()
    package internal(set) var isSynchronised = false

    package internal(set) var incarnation: UInt64
    var offer: SettingsOffer
    var started = false
    var startedAt = Instant.zero
    var datagramCounter: UInt32 = 0
    var random: SplitMix64
    var health = LocalHealth()
    var news = NewsQueue()
    var nextGossip: Instant?
    var nextEager = Instant.zero
    var pressure = NewsPressure()
    var gathering = Gathering()
    var nextCrowdCheck: Instant?
    var crowdChecksLeft = 0
    var lastTableChange = Instant.zero
    /// When a peer's table was last the same.
    var lastAgreement = Instant.zero

    var probeOrder = ProbeOrder()
    var nextProbe: Instant?
    var pings = Waiting<UInt32, OutstandingPing>()
    var probe: Probe?

    var exchange: Exchange?
    /// Of the datagrams that are being handled, each node's newest record.
    var newestComing: [NodeID: SignedRecord] = [:]
    var joining: Joining?
    var joinDeadline = Instant.zero
    var nextReconnect: Instant?
    var seeds: [Endpoint] = []
    /// The members last seen at the seeds' addresses.
    var seedMembers: [Endpoint: SeedMember] = [:]
    /// The seed that was last said hello to, and has not answered.
    var greetedSeed: Endpoint?
    var contacts: [NodeID] = []
    var nextContacts: Instant?
    /// Members that are to be asked whether they are there, from when on, and how often all of those from the store may be.
    var unasked: [NodeID] = []
    var sweepDue = Instant.zero
    var sweepsLeft = 6
    /// The same of those in doubt since somebody came back; and until when that is no reason to ask them again.
    var doubtSweepsLeft = 0
    var mayAskDoubtful = Instant.zero
    var strangers: [NodeID: Instant] = [:]
    /// Acknowledgements of our claim by nodes whose records have not come yet.
    var earlyAcknowledgements: [NodeID: RecordVersion] = [:]
    /// When those who have not acknowledged our claim are shown it again.
    var nextReminder: Instant?
    var reminders = 0
    var orders: [UInt64: PendingOrder] = [:]
    var answeredOrders: [AnsweredOrder] = []
    var restored: [StoredMember]
    var restoredRevocations: [SignedRevocation]
    /// Who has welcomed us before we had its record.
    var welcomed: NodeID?

    /// Collected while an input is handled.
    var effects: [GossipEffect] = []
    /// When `handle(.tick)` is wanted at the latest; `nil`: not before the next input.
    package internal(set) var nextDeadline: Instant?

    package init(
        configuration: GossipConfiguration, restored: [StoredMember] = [], revocations: [SignedRevocation] = []
    ) {
        self.configuration = configuration
        self.restored = restored
        restoredRevocations = revocations
        offer = configuration.offer
        // Zero, in a record's message, says that the sender knows of none.
        incarnation = max(1, configuration.own.version.sequence)
        random = SplitMix64(seed: configuration.randomSeed)
    }

    package var nodeID: NodeID { configuration.identity.nodeID }
    package var settings: NetworkSettings? { offer.agreed ? offer.settings : nil }

    package mutating func handle(_ input: GossipInput, at now: Instant) -> [GossipEffect] {
        if let due = nextDeadline, now - due >= Self.oversleeping { overslept(by: now - due, now) }
        switch input {
        case .start: start(now)
        case .datagrams(let batch): receive(batch, now)
        case .portUnreachable(let endpoint): portUnreachable(endpoint, now)
        case .seeds(let endpoints): resolved(endpoints, now)
        case .ledger(let input): feed(input, now)
        case .carry(let messages, let endpoint):
            if started { send(messages, to: endpoint, piggyback: false) }
        case .ban(let subject): ban(subject, now)
        case .order(let order, let target, let number, let onlyAsking):
            self.order(order, to: target, number: number, onlyAsking: onlyAsking, now)
        case .leave: leave(now)
        case .tick: break
        }
        if started { advance(now) }
        nextDeadline = deadline()
        return takeEffects()
    }

    private mutating func takeEffects() -> [GossipEffect] {
        defer { effects = [] }
        return effects
    }

    private mutating func advance(_ now: Instant) {
        advanceJoining(now)
        guard ledger != nil else { return }
        if let deadline = ledger?.nextDeadline, deadline <= now { feed(.tick, now) }
        expireSuspicions(now)
        advancePings(now)
        advanceProbe(now)
        advanceExchange(now)
        advanceContacts(now)
        advanceOrders(now)
        remindHesitant(now)
        tellReaders(now)
        flushNews(now)
    }

    func deadline() -> Instant? {
        guard started else { return nil }
        var earliest: Instant?
        func consider(_ instant: Instant?) {
            if let instant, instant < earliest ?? Instant(nanoseconds: .max) { earliest = instant }
        }
        consider(joining?.nextAttempt)
        consider(joining?.until)
        guard ledger != nil else { return earliest }
        consider(ledger?.nextDeadline)
        consider(nextProbe)
        consider(probe?.nextStep)
        consider(exchange?.deadline)
        consider(nextReconnect)
        consider(nextContacts)
        consider(nextOrderAttempt)
        consider(nextReminder)
        consider(gathering.nextTelling)
        if !news.isEmpty { consider(nextGossip) }
        if news.hasFresh { consider(nextEager) }
        if exchange == nil, news.isEmpty { consider(nextCrowdCheck) }
        consider(suspicions.earliest)
        consider(pings.earliest)
        return earliest
    }

    /// This process was stopped, starved or suspended: whoever seems silent had no chance to be heard. All that waits for
    /// an answer waits as much longer.
    private mutating func overslept(by span: Duration, _ now: Instant) {
        counters.oversleeps += 1
        probe?.verdict = now + health.scaled(configuration.timing.probeTimeout)
        pings.delayAll(by: span)
        suspicions.delayAll(by: span)
        if let session = exchange { exchange?.deadline = max(session.deadline, now) + .milliseconds(50) }
    }

    /// A deadline missed by as much was not missed for want of a time slice.
    private static let oversleeping = Duration.milliseconds(200)

    /// Members that take part now, the node itself aside.
    package var liveCount: Int { ledger?.live.count ?? 0 }

    /// Those of them that nobody suspects.
    package var aliveCount: Int { liveCount - suspicions.count }

    /// Gives an input to the ledger and does what it asks for.
    mutating func feed(_ input: LedgerInput, _ now: Instant) {
        guard let wanted = ledger?.handle(input, at: now) else { return }
        for effect in wanted {
            switch effect {
            case .commit(let commit): effects.append(.commit(commit))
            case .announce(let record):
                announce(record, now)
                lastTableChange = now
                settleTunnelAddress(now)
            case .acknowledge(let nodeID, let version):
                guard let member = members[nodeID] else { continue }
                send([.claimAcknowledged(version)], to: member.endpoint)
            case .peerChanged(let nodeID):
                effects.append(.peersChanged([nodeID]))
                settleTunnelAddress(with: nodeID, now)
            case .ownersChanged: effects.append(.ownersChanged)
            case .event(let event): effects.append(.event(.lease(event)))
            case .revoke(let revocation):
                spread(.revocation(revocation.revocation), now)
                lastTableChange = now
            case .revocationsChanged:
                effects.append(.revocationsChanged)
                hideForgotten()
            case .takeNewIdentity: effects.append(.takeNewIdentity)
            }
        }
    }

    /// Says goodbye: the peers tell a stop from a failure, and keep the lease.
    private mutating func leave(_ now: Instant) {
        let farewell = LivenessUpdate(nodeID: nodeID, incarnation: incarnation, liveness: .left, accuser: nodeID)
        for target in randomLive(8) { send([.liveness(farewell)], to: target.endpoint) }
        started = false
    }
}
