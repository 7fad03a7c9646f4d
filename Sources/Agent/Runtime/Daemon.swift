internal import Addressing
internal import ControlAPI
internal import Dataplane
internal import Gossip
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// The daemon's heart: all state belongs to this actor. Datagrams come from one receiving thread, disk and netlink work
/// happens on threads of their own and comes back as an input; with nothing to do it sleeps until the next deadline.
actor Daemon {
    let context: DaemonContext
    let log: Logger
    let clock = BootClock()
    let kernelWatch = KernelWatch()
    var gossip: Gossip

    // Timer
    private var armed: (deadline: Instant, task: Task<Void, Never>)?

    // Store
    var own: OwnState
    var changedPeers: Set<NodeID> = []
    /// Since when this node knows each peer's present claim, by its epoch.
    var claimsKnown: [NodeID: (epoch: UInt64, since: Instant)] = [:]
    var journal: [JournalEvent] = []
    var isFlushScheduled = false
    var storeProblem: String?
    /// Why the node is silent: its numbers cannot be made durable.
    private let silence: StoreError?

    // Data plane
    var underlay: Underlay
    var isReconciling = false
    var needsReconcile = false
    var reconcileFailures = 0
    var report: ReconcileReport?
    var dataplaneProblem: String?
    var lastRepair: Instant?
    var isReady = false
    var wroteSubnet: LeaseForRuntimes?
    var subnetFileProblem: String?
    /// As they were put in place.
    var trafficRules: TrafficRules?

    private var isStopping = false
    private let ended: AsyncStream<DaemonEnd>
    private let end: AsyncStream<DaemonEnd>.Continuation

    init(context: DaemonContext, gossip: Gossip, own: OwnState, underlay: Underlay, silence: StoreError? = nil) {
        self.context = context
        self.silence = silence
        self.gossip = gossip
        self.own = own
        self.underlay = underlay
        log = context.log
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
        var reason = DaemonEnd.stopped
        for await given in ended {
            reason = given
            break
        }
        context.transport.stop()
        kernelWatch.stop()
        return reason
    }

    /// The threads that bring the daemon its inputs.
    nonisolated func startThreads() {
        context.transport.start(
            datagrams: { [weak self] batch in await self?.receive(batch) },
            unreachable: { [weak self] endpoint in await self?.portUnreachable(endpoint) })
        guard context.configuration.request.backend != .alloc else { return }
        kernelWatch.start(
            log: log, underlayMayMove: { [weak self] in await self?.selectUnderlay() },
            entriesMayDiffer: { [weak self] in await self?.reconcileSoon() })
    }

    // MARK: Inputs

    /// Takes datagrams that sealing has opened.
    func receive(_ datagrams: [ReceivedDatagram]) {
        for datagram in datagrams { advance(.datagram(datagram.bytes, from: datagram.source)) }
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
        for effect in gossip.handle(input, at: clock.now) { carryOut(effect) }
    }

    func finish(_ reason: DaemonEnd) {
        end.yield(reason)
        end.finish()
    }

    /// One timer: it is set anew only when it would be late; one that is early costs a look.
    private func arm() {
        guard !isStopping, let deadline = gossip.nextDeadline else { return }
        if let armed, armed.deadline <= deadline { return }
        armed?.task.cancel()
        let wait = max(deadline - clock.now, .zero)
        armed = (
            deadline,
            Task { [weak self] in
                do { try await Task.sleep(for: wait, tolerance: .zero) } catch { return }
                await self?.tick()
            }
        )
    }

    private func tick() {
        armed = nil
        step(.tick)
    }
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
