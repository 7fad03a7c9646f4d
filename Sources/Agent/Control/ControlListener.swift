internal import ControlAPI
internal import Glibc

/// The control socket's listening end: mode 0660, a dead daemon's socket replaced, a live one's left alone.
enum ControlListener {
    /// A socket that listens, and the name it has in the file system.
    final class Socket: Sendable {
        let descriptor: Int32
        private let path: String
        private let device: UInt
        private let inode: UInt

        fileprivate init(descriptor: Int32, path: String, status: stat) {
            self.descriptor = descriptor
            self.path = path
            device = UInt(status.st_dev)
            inode = UInt(status.st_ino)
        }

        deinit { close(descriptor) }

        /// Takes the name away, unless it is another daemon's by now.
        func remove() {
            var status = stat()
            guard lstat(path, &status) == 0, UInt(status.st_dev) == device, UInt(status.st_ino) == inode else { return }
            unlink(path)
        }
    }

    static func open(_ path: String, group: UInt32?) throws(ControlServerError) -> Socket {
        guard let address = UnixSocketAddress(path: path) else {
            throw ControlServerError(path: path, problem: .pathTooLong)
        }
        try makeDirectory(of: path)
        let listener = socket(AF_UNIX, streamType, 0)
        guard listener >= 0 else { throw ControlServerError(path: path, problem: .system("socket", errno)) }
        do throws(ControlServerError) {
            try clear(address)
            guard address.withPointer({ bind(listener, $0, $1) }) == 0 else {
                throw ControlServerError(path: path, problem: .system("bind", errno))
            }
            // The mode before the first connection can be made; umask(2) would change it for every thread.
            guard chmod(path, 0o660) == 0 else {
                throw ControlServerError(path: path, problem: .system("chmod", errno))
            }
            if let group, chown(path, uid_t.max, group) != 0 {
                throw ControlServerError(path: path, problem: .system("chown", errno))
            }
            var status = stat()
            guard lstat(path, &status) == 0, listen(listener, 64) == 0 else {
                throw ControlServerError(path: path, problem: .system("listen", errno))
            }
            return Socket(descriptor: listener, path: path, status: status)
        } catch {
            close(listener)
            throw error
        }
    }

    private static let streamType =
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)

    /// Removes the socket of a daemon that died.
    private static func clear(_ address: UnixSocketAddress) throws(ControlServerError) {
        var status = stat()
        guard lstat(address.path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ControlServerError(path: address.path, problem: .occupied)
        }
        let probe = socket(AF_UNIX, streamType, 0)
        guard probe >= 0 else { throw ControlServerError(path: address.path, problem: .system("socket", errno)) }
        defer { close(probe) }
        // EAGAIN: somebody listens, and is busy (unix(7)).
        if address.withPointer({ connect(probe, $0, $1) }) == 0 || errno == EAGAIN {
            throw ControlServerError(path: address.path, problem: .inUse)
        }
        guard unlink(address.path) == 0 || errno == ENOENT else {
            throw ControlServerError(path: address.path, problem: .system("unlink", errno))
        }
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
