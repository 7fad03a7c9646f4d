internal import Glibc

/// Speaks to a running feltd over its Unix socket; blocking.
package final class ControlClient {
    private let path: String
    private let descriptor: Int32
    private let timeout: Double?
    private var input: [UInt8] = []
    private var lastID: Int64 = 0

    /// - Parameter timeout: seconds for each answer; `nil` waits for ever.
    package init(path: String, timeout: Double?) throws(ControlClientError) {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw .unreachable(path, ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .unreachable(path, errno) }
        let connected = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard connected == 0 else {
            let code = errno
            close(descriptor)
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

    /// Streams events until `body` says enough or the daemon goes.
    package func watch(_ body: (EventInfo) throws -> Bool) throws {
        try send(ControlMethods.watch, NoParameters())
        while try body(try answer(EventInfo.self, timeout: nil)) {}
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
                throw .unreachable(path, errno)
            }
            sent += count
        }
    }

    private func answer<Result: Decodable>(_: Result.Type) throws(ControlClientError) -> Result {
        try answer(Result.self, timeout: timeout)
    }

    private func answer<Result: Decodable>(_: Result.Type, timeout: Double?) throws(ControlClientError) -> Result {
        let line = try nextLine(timeout: timeout)
        let answer: ControlAnswer<Result>
        do {
            answer = try JSONLine.decode(ControlAnswer<Result>.self, from: line)
        } catch {
            throw .protocolViolation("feltd's answer is not understood: \(JSONLine.explain(error))")
        }
        if let error = answer.error { throw .refused(error) }
        guard let result = answer.result else { throw .protocolViolation("feltd's answer has neither result nor error") }
        return result
    }

    private func nextLine(timeout: Double?) throws(ControlClientError) -> [UInt8] {
        let deadline = timeout.map { Self.now + $0 }
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

/// Why a request was not answered.
package enum ControlClientError: Error, Hashable, Sendable, CustomStringConvertible {
    case unreachable(String, Int32)
    case timedOut(String, Double)
    case closed(String)
    case protocolViolation(String)
    case refused(ControlError)

    package var description: String {
        switch self {
        case .unreachable(let path, ENOENT), .unreachable(let path, ECONNREFUSED):
            return "feltd is not running (nobody answers at \(path)); start it, or name its socket with --socket"
        case .unreachable(let path, EACCES): return "\(path) may not be opened; run as root or as a member of its group"
        case .unreachable(let path, let code): return "feltd cannot be reached at \(path): \(String(cString: strerror(code)))"
        case .timedOut(let path, let seconds): return "feltd at \(path) did not answer within \(seconds) s"
        case .closed(let path): return "feltd at \(path) closed the connection; it has stopped"
        case .protocolViolation(let what): return what
        case .refused(let error): return error.message
        }
    }
}
