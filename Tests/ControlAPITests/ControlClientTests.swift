import Glibc
import TestSupport
import Testing

@testable import ControlAPI

/// The client against what a daemon may and may not do.
@Suite struct ControlClientTests {
    @Test func `an answer to another request is passed over`() throws {
        let server = try FakeFeltd(
            .pieces(["{\"id\":0,\"result\":[]}\n{\"id\":1,\"resu", "lt\":{\"token\":\"t\"}}\n"]))
        let client = try ControlClient(path: server.path, timeout: 10)
        #expect(try client.call(ControlMethods.token).token == "t")
    }

    @Test(
        arguments: [
            (
                #"{"id":1,"error":{"code":"novel","message":"m"}}"#,
                ControlClientError.refused(.init(.init(rawValue: "novel"), "m"))
            ),
            (#"{"id":null,"error":{"code":"unavailable","message":"m"}}"#, .refused(.init(.unavailable, "m"))),
        ])
    func `an error is the daemon's own`(line: String, expected: ControlClientError) throws {
        let server = try FakeFeltd(.pieces([line + "\n"]))
        let client = try ControlClient(path: server.path, timeout: 10)
        #expect(throws: expected) { try client.call(ControlMethods.token) }
    }

    @Test(arguments: ["nonsense\n", "{\"id\":1}\n", "{\"id\":1,\"result\":[]}\n", "\n"])
    func `what is not the protocol is said to be so`(text: String) throws {
        let server = try FakeFeltd(.pieces([text]))
        let client = try ControlClient(path: server.path, timeout: 10)
        let error = #expect(throws: ControlClientError.self) { try client.call(ControlMethods.token) }
        if case .protocolViolation? = error {} else { Issue.record("\(String(describing: error))") }
    }

    @Test func `a connection that ends is told from one that is silent`() throws {
        let ended = try FakeFeltd(.pieces([], closes: true))
        let client = try ControlClient(path: ended.path, timeout: 10)
        #expect(throws: ControlClientError.closed(ended.path)) { try client.call(ControlMethods.token) }
        let silent = try FakeFeltd(.pieces([]))
        let waiting = try ControlClient(path: silent.path, timeout: 0.05)
        #expect(throws: ControlClientError.timedOut(silent.path, 0.05)) { try waiting.call(ControlMethods.token) }
        #expect(throws: ControlClientError.timedOut(silent.path, 0.05)) { try waiting.watch { _ in true } }
    }

    @Test func `connecting is bounded too while the daemon takes nobody`() throws {
        let server = try FakeFeltd(.none)
        var clients: [ControlClient] = []
        let error = #expect(throws: ControlClientError.self) {
            while true { clients.append(try ControlClient(path: server.path, timeout: 0.05)) }
        }
        #expect(error == .timedOut(server.path, 0.05))
    }

    @Test func `no daemon, a path too long and a file that is no socket are told apart`() throws {
        #expect(throws: ControlClientError.unreachable("/tmp/none/feltd.sock", ENOENT)) {
            try ControlClient(path: "/tmp/none/feltd.sock", timeout: 1)
        }
        let long = "/" + String(repeating: "x", count: 200)
        #expect(throws: ControlClientError.unreachable(long, ENAMETOOLONG)) {
            try ControlClient(path: long, timeout: 1)
        }
        #expect(throws: ControlClientError.unreachable("/etc/passwd", ECONNREFUSED)) {
            try ControlClient(path: "/etc/passwd", timeout: 1)
        }
    }
}
