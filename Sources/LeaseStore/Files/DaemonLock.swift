internal import Glibc

/// Keeps a second daemon off one state directory. An open-file-description lock (fcntl(2), F_OFD_SETLK): the kernel
/// drops it however the daemon ends, and a reader can ask for it without taking it.
struct DaemonLock: ~Copyable {
    private let file: Descriptor

    // F_OFD_GETLK and F_OFD_SETLK of asm-generic/fcntl.h: Glibc's module hides them, and CLinux, which has them, cannot be
    // imported beside it.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

    static func path(besides database: String) -> String { database + ".lock" }

    init(besides database: String) throws(StoreError) {
        do {
            file = try Descriptor(
                opening: Self.path(besides: database), flags: O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        } catch {
            throw StoreError(error, path: Self.path(besides: database))
        }
    }

    deinit {
        // Not left to the descriptor's closing: a child between fork and exec still has a copy of it.
        var lock = Self.wholeFile(F_UNLCK)
        _ = fcntl(file.number, Self.setLock, &lock)
    }

    /// Takes the lock for as long as this value lives.
    func take(for database: String) throws(StoreError) {
        let code = Self.lock(file)
        if code == EAGAIN || code == EACCES { throw StoreError(.inUse(pid: Self.pid(in: file)), path: database) }
        if code != 0 {
            throw StoreError(SystemFailure(call: "fcntl", code: code), path: Self.path(besides: database))
        }
        // For messages only; a full disk must not keep the daemon from starting.
        try? file.truncate()
        try? file.write(Array("\(getpid())\n".utf8))
    }

    /// errno, or 0.
    private static func lock(_ file: borrowing Descriptor) -> Int32 {
        var lock = wholeFile()
        while fcntl(file.number, setLock, &lock) != 0 {
            if errno != EINTR { return errno }
        }
        return 0
    }

    /// Whether a daemon holds the lock now, found out without taking it.
    static func presence(besides database: String) -> DaemonPresence {
        guard let file = try? Descriptor(opening: path(besides: database), flags: O_RDONLY) else { return .down }
        var lock = wholeFile()
        guard fcntl(file.number, getLock, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return .down }
        return .running(pid: pid(in: file))
    }

    private static func wholeFile(_ type: Int32 = F_WRLCK) -> flock {
        var lock = flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }

    private static func pid(in file: borrowing Descriptor) -> Int32? {
        guard let bytes = try? file.read(limit: 16), let text = String(validating: bytes, as: UTF8.self) else {
            return nil
        }
        return text.split(separator: "\n").first.flatMap { Int32($0) }
    }
}

/// Whether a daemon has the database open.
package enum DaemonPresence: Hashable, Sendable {
    case running(pid: Int32?)
    case down
}
