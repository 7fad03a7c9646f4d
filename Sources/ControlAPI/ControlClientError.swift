internal import Glibc

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
        case .unreachable(let path, let code):
            return "feltd cannot be reached at \(path): \(String(cString: strerror(code)))"
        case .timedOut(let path, let seconds):
            return
                "feltd at \(path) did not answer within \(JSONValue.number(seconds).line) s; see its log, or give a longer --timeout"
        case .closed(let path): return "feltd at \(path) closed the connection; it has stopped"
        case .protocolViolation(let what): return what
        case .refused(let error): return error.message
        }
    }

    /// Whether no daemon listens there, rather than one that cannot be used.
    package var saysNotRunning: Bool {
        if case .unreachable(_, let code) = self { code == ENOENT || code == ECONNREFUSED } else { false }
    }
}
