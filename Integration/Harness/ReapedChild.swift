internal import Glibc

/// A child process that is waited for exactly once, so that no process id is signalled after it was reused.
struct ReapedChild {
    let pid: pid_t
    private(set) var status: ExitStatus?

    init(pid: pid_t) {
        self.pid = pid
    }

    /// Its status if it has ended, without waiting.
    mutating func poll() -> ExitStatus? {
        if status == nil {
            var word: Int32 = 0
            if waitpid(pid, &word, WNOHANG) == pid { status = ExitStatus(waitStatus: word) }
        }
        return status
    }

    /// Its status; `nil` when it is still running at the deadline.
    mutating func wait(until deadline: ContinuousClock.Instant) -> ExitStatus? {
        while poll() == nil, ContinuousClock.now < deadline { usleep(2_000) }
        return status
    }

    mutating func send(_ signal: Int32) {
        if poll() == nil { Glibc.kill(pid, signal) }
    }

    /// Ends it with SIGKILL and reaps it.
    mutating func kill() {
        send(SIGKILL)
        if status == nil {
            var word: Int32 = 0
            if waitpid(pid, &word, 0) == pid { status = ExitStatus(waitStatus: word) }
        }
    }
}
