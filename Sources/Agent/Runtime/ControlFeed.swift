internal import ControlAPI
internal import Logging
internal import Synchronization

final class ControlFeed: Sendable {
    func publish(_ event: EventInfo) {}
    func serve(_ daemon: Daemon, _ configuration: FeltdConfiguration, _ log: Logger) throws(StartFailure) {}
}
