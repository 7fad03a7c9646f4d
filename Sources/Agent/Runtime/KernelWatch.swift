internal import Addressing
internal import Dataplane
internal import Logging
internal import Netlink
internal import Synchronization

/// Listens to the kernel on a thread of its own and passes on what may concern the daemon: events only say when to look.
final class KernelWatch: Sendable {
    private let interest = Mutex<KernelInterest?>(nil)
    private let cancellation = Mutex<NetlinkMonitor.Cancellation?>(nil)

    /// What the daemon looks after now; until it is known, everything may concern it.
    func look(after interest: KernelInterest) { self.interest.withLock { $0 = interest } }

    /// - Parameters:
    ///   - underlayMayMove: links, addresses or default routes have changed.
    ///   - entriesMayDiffer: something may differ from what should be; true: somebody's route may be in front of one of ours.
    func start(
        log: Logger, underlayMayMove: @escaping @Sendable () async -> Void,
        entriesMayDiffer: @escaping @Sendable (Bool) async -> Void
    ) {
        Threads.start { [self] in
            do {
                let monitor = try NetlinkMonitor()
                cancellation.withLock { $0 = monitor.cancellation }
                while let notifications = try monitor.next() {
                    let interest = interest.withLock { $0 }
                    if notifications.contains(where: { Self.mayMoveUnderlay($0) && interest?.isOwn($0) != true }) {
                        Task { await underlayMayMove() }
                    }
                    if notifications.contains(where: { interest?.concerns($0) ?? true }) {
                        let mayBeInFront = notifications.contains { interest?.mayBeInFront($0) ?? true }
                        Task { await entriesMayDiffer(mayBeInFront) }
                    }
                }
            } catch {
                log.error("\(error); changes that others make are only seen by the audit", id: "monitor-failed")
            }
        }
    }

    func stop() { cancellation.withLock { $0 }?.cancel() }

    private static func mayMoveUnderlay(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .overrun, .link, .linkRemoved, .address, .addressRemoved: true
        case .route(let route), .routeRemoved(let route): route.destination.prefixLength == 0
        default: false
        }
    }
}
