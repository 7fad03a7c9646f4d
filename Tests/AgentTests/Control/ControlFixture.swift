import ControlAPI
import Glibc
import Synchronization

@testable import Agent

/// A server of its own, in a directory of its own.
final class ControlFixture: Sendable {
    let path: String
    let server: ControlServer
    let log = LineLog()

    init(
        stall: Duration = .seconds(60),
        handler: @escaping @Sendable (ControlRequest) async -> ControlReply = { ControlReply($0.method) }
    ) throws {
        path = "/tmp/felt-server-\(getpid())-\(UInt64.random(in: 0 ... .max))/run/feltd.sock"
        server = try ControlServer(path: path, stall: stall, log: { [log] in log.add($0) }, handler: handler)
        server.start()
    }

    deinit {
        server.stop()
        rmdir(path.replacing("/feltd.sock", with: ""))
        rmdir(path.replacing("/run/feltd.sock", with: ""))
    }
}

final class LineLog: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}
