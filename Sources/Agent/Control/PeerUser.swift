internal import Glibc

/// Who is at the other end of a Unix socket.
enum PeerUser {
    /// Whether the client runs as root or as this process's user: SO_PEERCRED, unix(7).
    static func isTrusted(_ descriptor: Int32) -> Bool {
        // struct ucred: process, user, group.
        var credentials: [UInt32] = [0, .max, .max]
        var length = socklen_t(MemoryLayout<UInt32>.stride * credentials.count)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0 else { return false }
        return credentials[1] == 0 || credentials[1] == geteuid()
    }
}
