internal import Addressing
internal import Dataplane
internal import Logging
internal import Netlink
internal import Synchronization

/// Listens to the kernel on a thread of its own and passes on what may concern the daemon: events only say when to look.
final class KernelWatch: Sendable {
    private struct State {
        var interest: KernelInterest?
        var rule: NotificationGate.Rule?
        var gate: NotificationGate?
        var cancellation: NetlinkMonitor.Cancellation?
    }

    private let state = Mutex(State())
    /// On the way and not begun: it will see what is told now.
    private let isLookComing = Flag()
    private let isFullLookComing = Flag()
    private let isSelectionComing = Flag()

    private final class Flag: Sendable {
        let isUp = Atomic<Bool>(false)
    }

    /// What the daemon looks after now; until it is known, everything may concern it.
    /// - Parameter requester: the port of the socket that changes the entries.
    /// - Returns: whether what was left out until now may have been of interest: look again.
    func look(after interest: KernelInterest, requester: UInt32) -> Bool {
        state.withLock { state in
            let rule = interest.gateRule(requester: requester)
            state.interest = interest
            guard state.rule != rule, state.gate?.admit(rule) == true else { return false }
            defer { state.rule = rule }
            return state.rule != nil
        }
    }

    /// - Parameters:
    ///   - requester: the port of the socket that changes the entries, whose own doings are no news.
    ///   - underlayMayMove: links, addresses or default routes have changed.
    ///   - entriesMayDiffer: something may differ from what should be; true: somebody's route may be in front of one of ours.
    func start(
        requester: UInt32, log: Logger, underlayMayMove: @escaping @Sendable () async -> Void,
        entriesMayDiffer: @escaping @Sendable (Bool) async -> Void
    ) {
        Threads.start { [self] in
            do {
                let monitor = try NetlinkMonitor()
                monitor.gate?.admit(NotificationGate.Rule(requester: requester))
                state.withLock { state in
                    state.gate = monitor.gate
                    state.cancellation = monitor.cancellation
                }
                while let notifications = try monitor.next() {
                    let interest = state.withLock { $0.interest }
                    if notifications.contains(where: { Self.mayMoveUnderlay($0) && interest?.isOwn($0) != true }) {
                        Self.once(isSelectionComing, underlayMayMove)
                    }
                    if notifications.contains(where: { interest?.concerns($0) ?? true }) {
                        if notifications.contains(where: { interest?.mayBeInFront($0) ?? true }) {
                            Self.once(isFullLookComing) { await entriesMayDiffer(true) }
                        } else {
                            Self.once(isLookComing) { await entriesMayDiffer(false) }
                        }
                    }
                }
            } catch {
                log.error("\(error); changes that others make are only seen by the audit", id: "monitor-failed")
            }
        }
    }

    private static func once(_ flag: Flag, _ body: @escaping @Sendable () async -> Void) {
        guard !flag.isUp.exchange(true, ordering: .acquiringAndReleasing) else { return }
        Task {
            flag.isUp.store(false, ordering: .releasing)
            await body()
        }
    }

    func stop() { state.withLock { $0.cancellation }?.cancel() }

    private static func mayMoveUnderlay(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .overrun, .link, .linkRemoved, .address, .addressRemoved: true
        case .route(let route), .routeRemoved(let route): route.destination.prefixLength == 0
        default: false
        }
    }
}
