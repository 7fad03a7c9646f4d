internal import CLinux
internal import Glibc

/// One run of a hook: JSON on its standard input, bounded in time.
enum HookProcess {
    enum Outcome: Hashable, Sendable {
        case done
        case failed(status: Int32)
        case killed(signal: Int32)
        /// It ran longer than it may, and was ended with all it had started.
        case tooLong
        case notStarted(Int32)
    }

    /// Runs it and waits, at most `limit` milliseconds.
    static func run(_ path: String, input: [UInt8], limit: Int32) -> Outcome {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return .notStarted(errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // An event is far below what a pipe holds. A longer one is cut rather than waited for.
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        _ = write(ends[1], input, input.count)
        close(ends[1])
        defer { close(ends[0]) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        _ = clinux_spawn_close_from(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what it starts ends with it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var argv: [UnsafeMutablePointer<CChar>?] = [strdup(path), nil]
        defer { for text in argv { free(text) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, path, &actions, &attributes, &argv, environ)
        guard code == 0 else { return .notStarted(code) }
        return wait(for: pid, limit)
    }

    private static func wait(for pid: pid_t, _ limit: Int32) -> Outcome {
        var isLate = false
        let descriptor = clinux_pidfd_open(pid)
        if descriptor >= 0 {
            var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            isLate = poll(&end, 1, limit) == 0
            close(descriptor)
        }
        if isLate { kill(-pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        if isLate { return .tooLong }
        let signal = status & 0x7f
        if signal != 0 { return .killed(signal: signal) }
        let exit = (status >> 8) & 0xff
        return exit == 0 ? .done : .failed(status: exit)
    }
}
