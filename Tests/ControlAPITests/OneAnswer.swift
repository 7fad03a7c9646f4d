import Glibc
import Testing

@testable import ControlAPI

/// A Unix socket that takes a connection and writes what it was told to, in pieces, whatever is asked.
final class OneAnswer: Sendable {
    let path: String
    private let listener: Int32

    init(_ pieces: [String], closes: Bool = false, accepts: Bool = true) throws {
        let path = "/tmp/felt-control-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let address = try #require(UnixSocketAddress(path: path))
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.path = path
        self.listener = listener
        try #require(address.withPointer { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 1) == 0)
        guard accepts else { return }
        let job = Unmanaged.passRetained(Job(listener: listener, pieces: pieces, closes: closes))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, job.toOpaque())
        pthread_detach(thread)
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
        unlink(path)
    }

    private final class Job: Sendable {
        let listener: Int32
        let pieces: [String]
        let closes: Bool

        init(listener: Int32, pieces: [String], closes: Bool) {
            (self.listener, self.pieces, self.closes) = (listener, pieces, closes)
        }

        func run() {
            let peer = accept(listener, nil, nil)
            guard peer >= 0 else { return }
            defer { close(peer) }
            var byte: UInt8 = 0
            while byte != UInt8(ascii: "\n"), read(peer, &byte, 1) == 1 {}
            for piece in pieces { _ = send(peer, piece, piece.utf8.count, Int32(MSG_NOSIGNAL)) }
            if !closes { while read(peer, &byte, 1) > 0 {} }
        }
    }
}
