internal import ControlAPI
internal import Logging
internal import Synchronization

/// The control server of the process, and the daemon that answers now: a change of identity replaces the second only.
final class ControlFeed: Sendable {
    private let server = Mutex<ControlServer?>(nil)
    private let registry = Mutex<ControlRegistry?>(nil)

    /// Tells all who watch.
    func publish(_ event: EventInfo) { server.withLock { $0 }?.publish(event) }

    /// Lets this daemon answer; opens the socket the first time.
    func serve(_ daemon: Daemon, _ configuration: FeltdConfiguration, log: Logger) throws(StartFailure) {
        registry.withLock { $0 = daemon.registry() }
        guard server.withLock({ $0 == nil }) else { return }
        do {
            let opened = try ControlServer(
                path: configuration.runDirectory + "/feltd.sock", group: configuration.controlGroup,
                log: { log.warning($0, id: "control-client") }
            ) { [weak self] request in
                guard let registry = self?.registry.withLock({ $0 }) else {
                    return .failure(ControlError(.unavailable, "feltd is stopping"))
                }
                return await registry.answer(request)
            }
            opened.start()
            server.withLock { $0 = opened }
        } catch {
            throw StartFailure("\(error)")
        }
    }

    func stop() { server.withLock { $0 }?.stop() }
}
