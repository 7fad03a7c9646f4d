internal import Dataplane
internal import Logging
internal import Netlink
internal import Synchronization

/// Listens, on a thread of its own, for changes of our nftables table: events only say when to look.
final class FirewallWatch: Sendable {
    private let cancellation = Mutex<NetlinkMonitor.Cancellation?>(nil)

    func start(log: Logger, rulesMayDiffer: @escaping @Sendable () async -> Void) {
        Threads.start { [self] in
            do {
                let monitor = try FirewallMonitor(table: TrafficRules.table)
                cancellation.withLock { $0 = monitor.cancellation }
                while try monitor.next() { Task { await rulesMayDiffer() } }
            } catch {
                log.info("\(error); changes of the traffic rules are only seen by the audit", id: "monitor-failed")
            }
        }
    }

    func stop() { cancellation.withLock { $0 }?.cancel() }
}
