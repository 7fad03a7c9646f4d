internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// The daemon's heart: all state belongs to this actor, which lives on the thread that receives datagrams. Disk and netlink
/// work happens on threads of their own and comes back as an input; with nothing to do it sleeps until the next deadline.
actor Daemon {
    let context: DaemonContext
    let log: Logger
    let clock = BootClock()
    let kernelWatch = KernelWatch()
    let firewallWatch = FirewallWatch()
    var gossip: Gossip

    // Store
    var own: OwnState
    var changedPeers: Set<NodeID> = []
    /// Peers whose rows in the store say since when they are absent.
    var storedAbsences: Set<NodeID>
    /// Since when this node knows each peer's present claim, by its epoch.
    var claimsKnown: [NodeID: (epoch: UInt64, since: Instant)] = [:]
    var journal: [JournalEvent] = []
    /// Those on the disk, or on the way there.
    var storedRevocations: Set<Revocation>
    /// Orders to other nodes, until they are answered.
    var waitingOrders: [UInt64: CheckedContinuation<OrderReply, Never>] = [:]
    var isFlushScheduled = false
    var storeProblem: String?
    /// Why the node is silent: its numbers cannot be made durable.
    private let silence: StoreError?

    // Security
    var keys: KeyKeeping
    var discovery = DiscoveryState()
    /// Seeds whose names had no address when they were looked up last.
    var unresolvedSeeds: Set<HostPort> = []

    // Data plane
    var isLookingForEndpoints = false
    var underlay: Underlay
    var isSelectingUnderlay = false
    var needsUnderlayLook = false
    var isReconciling = false
    var needsReconcile = false
    var reconcileFailures = 0
    /// Twice as long as the last look has taken, 50 ms at most: where many changes come, each look takes many.
    var reconcileRestsUntil = Instant.zero
    var report: ReconcileReport?
    var dataplaneProblem: String?
    var lastRepair: Instant?
    var untoldRepairs = 0
    var isTellingRepairs = false
    var isReady = false
    var wroteSubnet: LeaseForRuntimes?
    var subnetFileProblem: String?
    /// The next look is for others' routes in front of ours as well.
    var looksForOthers = true
    var repairBudget = RepairBudget()
    /// The next look is because of what others did.
    var isLookOthersDoing = false
    var isLookPutOff = false
    var toldOfFight: Instant?
    var isKeepingRules = false
    var needsRulesLook = false
    /// When the rules were put back lately.
    var rulesRepairs: [Instant] = []
    /// The rules that were seen in place last.
    var keptRules: TrafficRules?
    /// Rules of a former run with --ip-masq have been looked for.
    var hasSweptRules = false
    /// Why the rules of --ip-masq are not in place.
    var trafficRulesProblem: String?

    private(set) var isStopping = false
    private let ended: AsyncStream<DaemonEnd>
    private let end: AsyncStream<DaemonEnd>.Continuation

    nonisolated var unownedExecutor: UnownedSerialExecutor { context.transport.loop.asUnownedSerialExecutor() }

    init(context: DaemonContext, gossip: Gossip, own: OwnState, underlay: Underlay, silence: StoreError? = nil) {
        self.context = context
        self.silence = silence
        self.gossip = gossip
        self.own = own
        self.underlay = underlay
        log = context.log
        keys = KeyKeeping(file: context.keyRing)
        storedRevocations = context.storedRevocations
        storedAbsences = context.storedAbsences
        (ended, end) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    /// Runs until something ends it.
    func run() async -> DaemonEnd {
        if let silence {
            awaitStore(silence)
        } else {
            step(.start)
            startAudits()
        }
        startWatchdog()
        startDiscovery()
        // What happened between the first look at the network and the watch's begin.
        selectUnderlay()
        var reason = DaemonEnd.stopped
        for await given in ended {
            reason = given
            break
        }
        // What runs in the background ends with it.
        isStopping = true
        context.transport.stop()
        kernelWatch.stop()
        firewallWatch.stop()
        return reason
    }

    /// The threads that bring the daemon its inputs.
    /// - Parameter requester: the port of the socket that changes the kernel.
    nonisolated func startThreads(requester: UInt32) {
        context.transport.start(
            datagrams: { [weak self] batch in self?.assumeIsolated { $0.receive(batch) } },
            unreachable: { [weak self] endpoint in self?.assumeIsolated { $0.portUnreachable(endpoint) } },
            tick: { [weak self] in self?.assumeIsolated { $0.step(.tick) } })
        guard context.configuration.request.backend != .alloc else { return }
        kernelWatch.start(
            requester: requester, log: log, underlayMayMove: { [weak self] in await self?.selectUnderlay() },
            entriesMayDiffer: { [weak self] mayBeInFront in
                await self?.kernelChanged(mayBeInFront: mayBeInFront)
            })
        firewallWatch.start(log: log) { [weak self] in await self?.keepTrafficRules() }
    }

    // MARK: Inputs

    /// Takes datagrams that sealing has opened.
    func receive(_ datagrams: [OpenedDatagram]) {
        let admitted = datagrams.filter(admits)
        advance(.datagrams(admitted.map { IncomingDatagram(bytes: $0.bytes, source: $0.source) }))
        for datagram in admitted { passKeysBack(after: datagram) }
        arm()
    }

    func portUnreachable(_ endpoint: Endpoint) { step(.portUnreachable(endpoint)) }

    /// SIGTERM: the data plane and the lease stay.
    func stop() async {
        guard !isStopping else { return }
        isStopping = true
        log.info("stopping; the lease and the data plane stay", id: "stopping")
        context.services.notify("STOPPING=1")
        step(.leave)
        await flush()
        finish(.stopped)
    }

    func step(_ input: GossipInput) {
        advance(input)
        arm()
    }

    func advance(_ input: GossipInput) {
        guard silence == nil else { return }
        let effects = gossip.handle(input, at: clock.now)
        // Peers wait for news to come through; the log, and who watches, can wait for that.
        for effect in effects { if case .send = effect { carryOut(effect) } }
        for effect in effects { if case .send = effect { continue } else { carryOut(effect) } }
    }

    func finish(_ reason: DaemonEnd) {
        end.yield(reason)
        end.finish()
    }

    /// The loop's timer.
    private func arm() { context.transport.loop.wake(at: isStopping ? nil : gossip.nextDeadline) }
}

/// Why a daemon has ended.
enum DaemonEnd: Sendable {
    case stopped
    /// Another machine lives under this identity: start again with a new one.
    case newIdentity
    /// The disk takes writes again: start with what the store holds.
    case storeRecovered(StoredState)
    /// It cannot go on; the message says why and what to do.
    case failed(StartFailure)
}
