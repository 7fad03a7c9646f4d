internal import Agent
import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import Logging

/// The node agent: keeps this machine's subnet lease, and its routes to everybody else's.
@main struct Feltd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feltd",
        abstract:
            "An overlay network without a control plane: one subnet a machine, every container reaches every other.",
        discussion: """
            Each flag can be given as an environment variable too: --state-dir is FELTD_STATE_DIR. Flags precede the \
            environment, that precedes --config, that precedes --net-conf.

            First node:  feltd
            Next nodes:  feltd --join "$(ssh first leasectl token)"
            Look:        leasectl list
            """,
        version: Launcher.release)

    @OptionGroup var arguments: Arguments

    static func main() async {
        SignalWaiter.install()
        await main(nil)
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let settings: FeltdConfiguration
        do {
            settings = try FeltdConfiguration(
                flags: arguments.given, configPath: arguments.config ?? environment["FELTD_CONFIG"],
                environment: environment, hostName: HostName.current)
        } catch {
            let wanted = arguments.logFormat.last ?? environment["FELTD_LOG_FORMAT"]
            throw Self.end(
                StartFailure("\(error)", status: StartFailure.usage), wanted.flatMap(LogFormat.init) ?? .text)
        }
        LoggingSystem.bootstrap { _ in LineLogHandler(level: settings.logLevel, format: settings.logFormat) }
        do {
            try await Launcher(configuration: settings, log: Logger(label: "feltd")).run()
        } catch {
            throw Self.end(error, settings.logFormat)
        }
    }

    /// One line on standard error, then the status: a program's last word, or an event where they are read by another.
    private static func end(_ failure: StartFailure, _ format: LogFormat) -> ExitCode {
        switch format {
        case .json: failure.tell(Logger(label: "feltd") { _ in LineLogHandler(level: .error, format: .json) })
        case .text:
            let line = Array("feltd: \(failure)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
        return ExitCode(failure.status)
    }
}
