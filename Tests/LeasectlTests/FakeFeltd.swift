import ControlAPI
import Glibc
import Testing

/// A Unix socket that answers each method with the lines it was given, and is silent to the others.
final class FakeFeltd: Sendable {
    let path: String
    private let listener: Int32

    /// - Parameter answers: by method, what comes after the id: `"result":…` or `"error":…`.
    init(_ answers: [String: [String]]) throws {
        let path = "/tmp/felt-fake-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let address = try #require(UnixSocketAddress(path: path))
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        self.path = path
        self.listener = listener
        try #require(address.withPointer { bind(listener, $0, $1) } == 0)
        try #require(listen(listener, 8) == 0)
        let job = Unmanaged.passRetained(Job(listener: listener, answers: answers))
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
        let answers: [String: [String]]

        init(listener: Int32, answers: [String: [String]]) {
            (self.listener, self.answers) = (listener, answers)
        }

        func run() {
            while true {
                let peer = accept4(listener)
                guard peer >= 0 else { return }
                serve(peer)
                close(peer)
            }
        }

        private func accept4(_ listener: Int32) -> Int32 {
            let peer = accept(listener, nil, nil)
            if peer >= 0 { _ = fcntl(peer, F_SETFD, FD_CLOEXEC) }
            return peer
        }

        /// One request; a stream of answers ends with the connection.
        private func serve(_ peer: Int32) {
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while read(peer, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
            guard let request = try? ControlRequest(line: line) else { return }
            guard let lines = answers[request.method] else {
                while read(peer, &byte, 1) > 0 {}
                return
            }
            for answer in lines {
                let text = "{\"id\":\(request.id),\(answer)}\n"
                if send(peer, text, text.utf8.count, Int32(MSG_NOSIGNAL)) < 0 { return }
            }
        }
    }
}
