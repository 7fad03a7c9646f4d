import ControlAPI
import Glibc
import Testing

@testable import Agent

@Suite(.timeLimit(.minutes(1))) struct ControlServerTests {
    @Test func `the socket is for its owner and group, and goes with the server`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            var status = stat()
            try #require(stat(fixture.path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
            fixture.server.stop()
            #expect(stat(fixture.path, &status) != 0)
        }
    }

    @Test func `a dead daemon's socket is replaced, a live one's and a file are left alone`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let error = #expect(throws: ControlServerError.self) {
                try ControlServer(path: fixture.path) { ControlReply($0.method) }
            }
            #expect(error?.problem == .inUse)
            let dead = fixture.path + ".dead"
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            try #require(try #require(UnixSocketAddress(path: dead)).withPointer { bind(descriptor, $0, $1) } == 0)
            close(descriptor)
            let successor = try ControlServer(path: dead) { ControlReply($0.method) }
            successor.start()
            #expect(try ControlClient(path: dead, timeout: 30).call(ControlMethod<NoParameters, String>("a")) == "a")
            successor.stop()
            let file = fixture.path + ".file"
            close(open(file, O_CREAT | O_WRONLY, 0o600))
            defer { unlink(file) }
            let occupied = #expect(throws: ControlServerError.self) {
                try ControlServer(path: file) { ControlReply($0.method) }
            }
            #expect(occupied?.problem == .occupied)
            #expect(access(file, F_OK) == 0)
        }
    }

    @Test func `a successor's socket is not taken away by the one that stops later`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            unlink(fixture.path)
            let successor = try ControlServer(path: fixture.path) { ControlReply($0.method) }
            fixture.server.stop()
            #expect(access(fixture.path, F_OK) == 0)
            successor.stop()
            #expect(access(fixture.path, F_OK) != 0)
        }
    }

    @Test func `a hundred requests in one piece are all answered, in their order`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            client.write((0..<100).map { #"{"id":\#($0),"method":"m"}"# + "\n" }.joined().utf8)
            client.end()
            #expect(client.lines() == (0..<100).map { #"{"id":\#($0),"result":"m"}"# })
        }
    }

    @Test func `a client that only half closes is answered, its last line without a break too`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            client.write(#"{"id":1,"method":"m"}"#.utf8)
            client.end()
            #expect(client.lines() == [#"{"id":1,"result":"m"}"#])
        }
    }

    @Test func `a line too long is refused, and the connection closed`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            client.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20))
            let lines = client.lines()
            #expect(lines.count == 1)
            #expect(lines.first?.contains("longer than 65536 bytes") == true)
        }
    }

    @Test func `the longest request is taken`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            let frame = #"{"id":1,"method":"m","params":{"x":""}}"#
            let padding = String(repeating: "y", count: ControlProtocol.longestRequest - frame.utf8.count)
            client.write(frame.replacing(#""""#, with: "\"\(padding)\"").utf8)
            client.write("\n".utf8)
            #expect(client.line() == #"{"id":1,"result":"m"}"#)
        }
    }

    @Test(arguments: 0..<20)
    func `garbage is answered with errors, and others are served meanwhile`(seed: UInt64) async throws {
        try await blocking {
            let fixture = try ControlFixture()
            var random = Seeded(state: seed)
            let client = try RawClient(fixture.path)
            client.write((0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }, waits: false)
            client.end()
            #expect(
                client.lines().allSatisfy { $0.hasPrefix(#"{"id":null,"error":{"code":"badRequest""#) }, "seed \(seed)")
            #expect(
                try ControlClient(path: fixture.path, timeout: 30).call(ControlMethod<NoParameters, String>("a")) == "a"
            )
        }
    }

    @Test func `of a hundred clients each is answered or told that there are too many`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let clients = try (0..<100).map { _ in try RawClient(fixture.path) }
            for client in clients { client.say(#"{"id":1,"method":"m"}"#) }
            let answers = clients.compactMap { $0.line() }
            #expect(answers.count == 100)
            #expect(answers.count { $0 == #"{"id":1,"result":"m"}"# } >= ControlServer.mostClients)
            #expect(answers.allSatisfy { $0.contains("result") || $0.contains(#""code":"unavailable""#) })
        }
    }

    @Test func `who watches learns everything from its first answer on, each in its own connection`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let watchers = try (0..<3).map { _ in try RawClient(fixture.path) }
            for (index, watcher) in watchers.enumerated() {
                watcher.say(#"{"id":\#(index),"method":"watch"}"#)
                // As `echo … | socat` does.
                watcher.end()
                #expect(watcher.line()?.contains(#""kind":"watching""#) == true)
            }
            for number in 0..<100 { fixture.server.publish(EventInfo(kind: .leaseAdded, message: "\(number)")) }
            for (index, watcher) in watchers.enumerated() {
                for number in 0..<100 {
                    #expect(
                        watcher.line() == #"{"id":\#(index),"result":{"kind":"leaseAdded","message":"\#(number)"}}"#)
                }
            }
            fixture.server.stop()
            #expect(watchers[0].line() == nil)
        }
    }

    @Test func `a watcher that does not read is dropped, and the log says so once`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            client.say(#"{"id":1,"method":"watch"}"#)
            #expect(client.line() != nil)
            let message = String(repeating: "z", count: 10_000)
            while fixture.log.all.isEmpty {
                fixture.server.publish(EventInfo(kind: .claimed, message: message))
                usleep(1_000)
            }
            #expect(client.lines().count < 200)
            #expect(
                fixture.log.all == [
                    "dropped a client of the control socket: it does not keep up with the events it watches"
                ])
        }
    }

    @Test func `a client that does not read its answer is dropped after a while`() async throws {
        try await blocking {
            let big = [UInt8](repeating: UInt8(ascii: "1"), count: 4 << 20)
            let fixture = try ControlFixture(stall: .milliseconds(50)) { _ in .result(big) }
            let client = try RawClient(fixture.path)
            client.say(#"{"id":1,"method":"m"}"#)
            while fixture.log.all.isEmpty { usleep(1_000) }
            #expect(client.line() == nil)
            #expect(fixture.log.all == ["dropped a client of the control socket: it does not read its answers"])
        }
    }

    @Test func `a client that floods without reading is stopped by its own socket`() async throws {
        try await blocking {
            let fixture = try ControlFixture()
            let client = try RawClient(fixture.path)
            let flood = Array(repeating: Array((#"{"id":1,"method":"m"}"# + "\n").utf8), count: 200_000).flatMap { $0 }
            #expect(client.write(flood, waits: false) < flood.count)
            #expect(
                try ControlClient(path: fixture.path, timeout: 30).call(ControlMethod<NoParameters, String>("a")) == "a"
            )
        }
    }

    @Test func `a client that hangs up during a long request is forgotten`() async throws {
        try await blocking {
            let gate = AsyncStream<Void>.makeStream()
            let fixture = try ControlFixture { request in
                if request.method == "slow" { for await _ in gate.stream { break } }
                return ControlReply(request.method)
            }
            do {
                let client = try RawClient(fixture.path)
                client.say(#"{"id":1,"method":"slow"}"#)
                // Answered in order, so the slow one is under way.
                #expect(
                    try ControlClient(path: fixture.path, timeout: 30).call(ControlMethod<NoParameters, String>("a"))
                        == "a")
            }
            gate.continuation.yield()
            #expect(
                try ControlClient(path: fixture.path, timeout: 30).call(ControlMethod<NoParameters, String>("a")) == "a"
            )
        }
    }
}

/// SplitMix64.
private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
