internal import Addressing
import ArgumentParser
internal import ControlAPI
internal import Glibc
internal import Logging

/// Metrics, health and a live page of a Felt cluster over HTTP, without privileges.
@main struct FeltWeb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "felt-web", abstract: "Serve metrics, health and a live page of a Felt cluster over HTTP.",
        discussion: """
            It asks the feltd of this machine through its control socket, and may only read. It shows addresses and names: \
            listen beyond this machine only where everybody may see them.

            Serves /, /metrics (Prometheus), /healthz, /readyz, /trace?address=ADDRESS, and JSON under /api/.

            Each option can be given as an environment variable too: FELT_WEB_LISTEN, FELT_WEB_SOCKET.

            Example: felt-web --listen 127.0.0.1:8474
            """,
        version: ControlProtocol.release)

    @Option(help: ArgumentHelp("Where to listen; an IPv6 address stands in brackets.", valueName: "addr:port"))
    var listen = Self.environment("FELT_WEB_LISTEN") ?? "127.0.0.1:8474"
    @Option(help: ArgumentHelp("feltd's control socket.", valueName: "path"))
    var socket = Self.environment("FELT_WEB_SOCKET") ?? "/run/felt/feltd.sock"

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        // There is nothing to finish: whoever follows connects again.
        for number in [SIGTERM, SIGINT] { signal(number) { _ in _exit(0) } }
        await main(nil)
    }

    func run() async throws {
        guard let address = try? HostPort(parsing: listen), let port = address.port,
            let host = try? AnyIPAddress(parsing: address.host)
        else {
            throw Self.end(
                "--listen \(quoted(listen)) is not ADDRESS:PORT; write one such as 127.0.0.1:8474 or [::1]:8474",
                status: 64)
        }
        guard UnixSocketAddress(path: socket) != nil else {
            throw Self.end(
                "--socket \(quoted(socket)) is no path of a socket: it must have 1 to \(UnixSocketAddress.longestPath) bytes",
                status: 64)
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = label == "felt-web" ? .info : .error
            return handler
        }
        do {
            try await Server(host: host, port: port, socket: socket, log: Logger(label: "felt-web")).run()
        } catch {
            throw Self.end("cannot listen on \(address): \(error)", status: 1)
        }
    }

    /// One line on standard error, then the status.
    private static func end(_ message: String, status: Int32) -> ExitCode {
        let line = Array("felt-web: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        return ExitCode(status)
    }
}
