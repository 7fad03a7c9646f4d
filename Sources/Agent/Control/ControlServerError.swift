internal import Glibc

/// Why the control socket cannot be made.
package struct ControlServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case inUse
        /// Something that is not a socket stands there.
        case occupied
        case pathTooLong
        case system(String, Int32)
    }

    package let path: String
    package let problem: Problem

    package var description: String {
        let what = "control socket \(path)"
        switch problem {
        case .inUse:
            return "\(what) is answered by another feltd; stop that one or name another directory with --run-dir"
        case .occupied: return "\(what) is taken by something that is no socket; move it away or name another --run-dir"
        case .pathTooLong:
            return "\(what) has too long a path for a Unix socket (107 bytes); name a shorter one with --run-dir"
        case .system(let call, let code):
            return
                "\(what) cannot be made: \(call): \(String(cString: strerror(code))); make its directory writable or name "
                + "another with --run-dir"
        }
    }
}
