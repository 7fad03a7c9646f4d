internal import Glibc

/// The control socket's listening end: mode 0660, a dead daemon's socket replaced, a live one's left alone.
enum ControlListener {
    static func open(_ path: String) throws(ControlServerError) -> Int32 {
        try makeDirectory(of: path)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw ControlServerError(path: path, problem: .pathTooLong)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_UNIX, flags, 0)
        guard listener >= 0 else { throw ControlServerError(path: path, problem: .system("socket", errno)) }
        func fail(_ problem: ControlServerError.Problem) -> ControlServerError {
            close(listener)
            return ControlServerError(path: path, problem: problem)
        }
        if isAnswered(address) { throw fail(.inUse) }
        unlink(path)
        let mask = umask(0o117)
        let bound = withAddress(address) { bind(listener, $0, $1) }
        let code = errno
        umask(mask)
        guard bound == 0 else { throw fail(.system("bind", code)) }
        guard listen(listener, 64) == 0 else { throw fail(.system("listen", errno)) }
        return listener
    }

    private static func withAddress(_ address: sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    private static func isAnswered(_ address: sockaddr_un) -> Bool {
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        return withAddress(address) { connect(probe, $0, $1) } == 0 || errno == EAGAIN
    }

    private static func makeDirectory(of path: String) throws(ControlServerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path[..<slash].split(separator: "/") {
            partial += "/" + part
            guard mkdir(partial, 0o755) == 0 || errno == EEXIST else {
                throw ControlServerError(path: path, problem: .system("mkdir \(partial)", errno))
            }
        }
    }
}

/// Why the control socket cannot be made.
package struct ControlServerError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Problem: Hashable, Sendable {
        case inUse
        case pathTooLong
        case system(String, Int32)
    }

    package let path: String
    package let problem: Problem

    package var description: String {
        let what = "control socket \(path)"
        switch problem {
        case .inUse: return "\(what) is answered by another feltd; stop that one or name another directory with --run-dir"
        case .pathTooLong: return "\(what) has too long a path for a Unix socket (107 bytes); name a shorter one with --run-dir"
        case .system(let call, let code):
            return "\(what) cannot be made: \(call): \(String(cString: strerror(code))); make its directory writable or name "
                + "another with --run-dir"
        }
    }
}
