internal import ControlAPI
internal import Glibc
internal import Synchronization

/// A Unix socket that stands in for feltd, and ends with this object. It serves every connection on a thread of its own.
package final class FakeFeltd: Sendable {
    /// What it does with a connection.
    package enum Behaviour: Sendable {
        /// By method, what comes after the id: `"result":…` or `"error":…`. A method with one line takes more requests; a
        /// stream of several ends with the connection. To other methods it is silent.
        case answers([String: [String]])
        /// These bytes, piece by piece, after the first request line; then it is silent, or closes.
        case pieces([String], closes: Bool = false)
        /// Nobody is taken.
        case none
    }

    /// The socket could not be made.
    package struct Failure: Error {
        var call: String
        var code: Int32
    }

    package let path: String
    private let state: State

    package convenience init(_ answers: [String: [String]]) throws { try self.init(.answers(answers)) }

    /// - Parameter path: where to listen; otherwise a new path in /tmp.
    package init(_ behaviour: Behaviour, path given: String? = nil) throws {
        let path = given ?? "/tmp/felt-fake-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        guard let address = UnixSocketAddress(path: path) else { throw Failure(call: "path", code: ENAMETOOLONG) }
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard address.withPointer({ bind(listener, $0, $1) }) == 0 else { throw Failure(call: "bind", code: errno) }
        // A client waits, and may not be refused, when there are more than this.
        var isTaking = true
        if case .none = behaviour { isTaking = false }
        guard listen(listener, isTaking ? 64 : 1) == 0 else { throw Failure(call: "listen", code: errno) }
        self.path = path
        state = State(listener: listener, behaviour: behaviour)
        if isTaking { Self.start { [state] in state.serve() } }
    }

    deinit { stop() }

    /// How many connections it has taken.
    package var connections: Int { state.contents.withLock { $0.taken } }

    /// Whether a watcher waits for what is told.
    package var hasWatchers: Bool { state.contents.withLock { !$0.watchers.isEmpty } }

    /// Another behaviour, for the connections and requests to come.
    package func become(_ behaviour: Behaviour) { state.contents.withLock { $0.behaviour = behaviour } }

    /// Sends a line to all that wait for one: `"result":…` of an event, under the id 1.
    package func tell(_ line: String) {
        state.contents.withLock { contents in
            for peer in contents.watchers { State.write("{\"id\":1,\(line)}\n", to: peer) }
        }
    }

    /// Closes everything, as a feltd that ends does.
    package func stop() {
        state.stop()
        unlink(path)
    }

    private static func start(_ body: @escaping @Sendable () -> Void) {
        let job = Unmanaged.passRetained(Job(body))
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, job.toOpaque())
        pthread_detach(thread)
    }

    private final class Job: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private final class State: Sendable {
        struct Contents {
            var behaviour: Behaviour
            var taken = 0
            var isStopped = false
            var peers: Set<Int32> = []
            var watchers: Set<Int32> = []
        }

        let listener: Int32
        let contents: Mutex<Contents>

        init(listener: Int32, behaviour: Behaviour) {
            self.listener = listener
            contents = Mutex(Contents(behaviour: behaviour))
        }

        func stop() {
            contents.withLock { contents in
                guard !contents.isStopped else { return }
                contents.isStopped = true
                shutdown(listener, Int32(SHUT_RDWR))
                for peer in contents.peers { shutdown(peer, Int32(SHUT_RDWR)) }
            }
        }

        func serve() {
            while true {
                let peer = accept(listener, nil, nil)
                guard peer >= 0 else { break }
                _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
                let isStopped = contents.withLock { contents in
                    contents.taken += 1
                    contents.peers.insert(peer)
                    return contents.isStopped
                }
                guard !isStopped else {
                    close(peer)
                    break
                }
                FakeFeltd.start { [self] in
                    converse(peer)
                    contents.withLock { contents in
                        contents.peers.remove(peer)
                        contents.watchers.remove(peer)
                        close(peer)
                    }
                }
            }
            close(listener)
        }

        private func converse(_ peer: Int32) {
            while let line = Self.line(from: peer) {
                switch contents.withLock({ $0.behaviour }) {
                case .none: return Self.wait(for: peer)
                case .pieces(let pieces, let closes):
                    for piece in pieces { Self.write(piece, to: peer) }
                    return closes ? () : Self.wait(for: peer)
                case .answers(let answers):
                    guard let request = try? ControlRequest(line: line) else { return }
                    guard let lines = answers[request.method] else { return Self.wait(for: peer) }
                    for answer in lines { Self.write("{\"id\":\(request.id),\(answer)}\n", to: peer) }
                    guard request.method == ControlMethods.watch.name else { continue }
                    // One line, that it watches: what is told later comes on this connection.
                    guard lines.count == 1 else { return }
                    contents.withLock { _ = $0.watchers.insert(peer) }
                    return Self.wait(for: peer)
                }
            }
        }

        private static func line(from peer: Int32) -> [UInt8]? {
            var line: [UInt8] = []
            var byte: UInt8 = 0
            while read(peer, &byte, 1) == 1 {
                if byte == UInt8(ascii: "\n") { return line }
                line.append(byte)
            }
            return nil
        }

        private static func wait(for peer: Int32) {
            var byte: UInt8 = 0
            while read(peer, &byte, 1) > 0 {}
        }

        static func write(_ text: String, to peer: Int32) {
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}
