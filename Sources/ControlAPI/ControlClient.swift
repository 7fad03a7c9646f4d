internal import Glibc

/// Speaks to a running feltd over its Unix socket; blocking.
package final class ControlClient {
    private let path: String
    private let descriptor: Int32
    private let timeout: Double?
    private var input: [UInt8] = []
    private var lastID: Int64 = 0

    /// Connects.
    /// - Parameter timeout: seconds, for connecting and then for each answer; `nil` waits for ever.
    package init(path: String, timeout: Double?) throws(ControlClientError) {
        guard let address = UnixSocketAddress(path: path) else { throw .unreachable(path, ENAMETOOLONG) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unreachable(path, errno) }
        // Bounds send(2), and connect(2), which waits while the daemon's queue of connections is full (unix(7)).
        if let timeout {
            let seconds = min(max(timeout, 0.001), 86_400)
            var limit = timeval(tv_sec: Int(seconds), tv_usec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1e6))
            setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
        guard address.withPointer({ connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            if code == EAGAIN { throw .timedOut(path, timeout ?? 0) }
            throw .unreachable(path, code)
        }
        self.path = path
        self.descriptor = descriptor
        self.timeout = timeout
    }

    deinit { close(descriptor) }

    /// One request, one answer.
    package func call<Parameters, Result>(
        _ method: ControlMethod<Parameters, Result>, _ parameters: Parameters
    ) throws(ControlClientError) -> Result {
        try send(method, parameters)
        return try answer(Result.self)
    }

    package func call<Result>(_ method: ControlMethod<NoParameters, Result>) throws(ControlClientError) -> Result {
        try call(method, NoParameters())
    }

    /// Streams events until `body` says enough, or the daemon goes: that throws `closed`. The first, of kind `watching`,
    /// says that from here on nothing is missed; the timeout is for that one.
    package func watch(_ body: (EventInfo) throws -> Bool) throws {
        try send(ControlMethods.watch, NoParameters())
        var wait = timeout
        while try body(try answer(EventInfo.self, timeout: wait)) { wait = nil }
    }

    private func send<Parameters, Result>(
        _ method: ControlMethod<Parameters, Result>, _ parameters: Parameters
    ) throws(ControlClientError) {
        lastID += 1
        var line: [UInt8]
        do {
            let request = ControlRequest(id: lastID, method: method.name, params: try JSONValue(encoding: parameters))
            line = try JSONLine.encode(request)
        } catch {
            throw .protocolViolation("the request could not be written: \(error)")
        }
        line.append(UInt8(ascii: "\n"))
        var sent = 0
        while sent < line.count {
            let count = line.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress?.advanced(by: sent), $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { throw .timedOut(path, timeout ?? 0) }
                // The daemon may have said why before it closed.
                if errno == EPIPE || errno == ECONNRESET { return }
                throw .closed(path)
            }
            sent += count
        }
    }

    private func answer<Result: Decodable>(_: Result.Type) throws(ControlClientError) -> Result {
        try answer(Result.self, timeout: timeout)
    }

    private func answer<Result: Decodable>(_: Result.Type, timeout: Double?) throws(ControlClientError) -> Result {
        let deadline = timeout.map { Self.now + $0 }
        while true {
            let line = try nextLine(timeout, deadline)
            let answer: ControlAnswer<Result>
            do {
                answer = try JSONLine.decode(ControlAnswer<Result>.self, from: line)
            } catch {
                // Its result may be of another type because it answers an earlier call that timed out.
                if let header = try? JSONLine.decode(ControlAnswerHeader.self, from: line), header.id != lastID {
                    continue
                }
                throw .protocolViolation("feltd's answer is not understood: \(JSONLine.explain(error))")
            }
            if let id = answer.id, id != lastID { continue }
            if let error = answer.error { throw .refused(error) }
            guard let result = answer.result else {
                throw .protocolViolation("feltd's answer has neither result nor error")
            }
            return result
        }
    }

    private func nextLine(_ timeout: Double?, _ deadline: Double?) throws(ControlClientError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var searched = 0
        while true {
            if let end = input[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(input[..<end])
                input.removeFirst(end + 1)
                return line
            }
            searched = input.count
            guard input.count <= ControlProtocol.longestAnswer else {
                throw .protocolViolation("feltd's answer is too long")
            }
            var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = deadline.map { max(0, min(($0 - Self.now) * 1_000, 1e9)) }
            let ready = poll(&waited, 1, left.map { Int32($0.rounded(.up)) } ?? -1)
            if ready < 0, errno == EINTR { continue }
            if ready == 0 { throw .timedOut(path, timeout ?? 0) }
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .closed(path) }
            input += buffer[..<count]
        }
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
