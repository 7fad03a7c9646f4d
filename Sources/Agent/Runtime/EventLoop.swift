internal import Addressing
internal import CLinux
internal import Glibc
internal import LeaseLedger
internal import Synchronization

/// The daemon's own thread: it receives datagrams, runs the actor and keeps its one timer. So a datagram or a deadline
/// costs one wakeup and no change of threads, which is most of what an idle daemon does. It lasts as long as the process.
final class EventLoop: SerialExecutor {
    /// Called on the loop's thread, where the actor that the loop runs may be taken as isolated.
    struct Handlers: Sendable {
        let datagrams: @Sendable ([ReceivedDatagram]) -> Void
        let unreachable: @Sendable (Endpoint) -> Void
        let tick: @Sendable () -> Void
    }

    private struct State {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var deadline: Instant?
        var handlers: Handlers?
    }

    private let socket: UDPSocket
    private let clock = BootClock()
    private let wakeup: Int32
    private let state = Mutex(State())
    private let thread = Atomic<UInt>(0)

    /// `nil` where the system gives no descriptor.
    init?(socket: UDPSocket) {
        wakeup = clinux_eventfd()
        guard wakeup >= 0 else { return nil }
        self.socket = socket
    }

    func start() { Threads.start { [self] in run() } }

    /// Whom datagrams and deadlines concern from now on; `nil`: nobody.
    func attach(_ handlers: Handlers?) {
        state.withLock {
            $0.handlers = handlers
            $0.deadline = nil
        }
    }

    /// When `tick` is called next. Set on the loop's own thread.
    func wake(at deadline: Instant?) { state.withLock { $0.deadline = deadline } }

    // MARK: Executor

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = state.withLock { state in
            state.jobs.append(job)
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustWake, !isCurrent { clinux_eventfd_signal(wakeup) }
    }

    func checkIsolated() { precondition(isCurrent, "the daemon's state is touched from outside its thread") }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    // MARK: The thread

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        socket.receive(
            wakeup: wakeup, beforeSleep: turn,
            datagrams: { batch in state.withLock { $0.handlers }?.datagrams(batch) },
            unreachable: { endpoint in state.withLock { $0.handlers }?.unreachable(endpoint) })
    }

    /// Runs what waits and what is due.
    /// - Returns: how long to sleep at most, as poll(2) takes it.
    private func turn() -> Int32 {
        let jobs = state.withLock { state in
            defer { state.jobs = [] }
            state.isAsleep = false
            return state.jobs
        }
        for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        let due = state.withLock { state -> Handlers? in
            guard let deadline = state.deadline, deadline <= clock.now else { return nil }
            state.deadline = nil
            return state.handlers
        }
        due?.tick()
        return state.withLock { state in
            guard state.jobs.isEmpty else { return 0 }
            state.isAsleep = true
            guard let deadline = state.deadline else { return -1 }
            let nanoseconds = max(deadline.nanoseconds - clock.now.nanoseconds, 0)
            return Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
        }
    }
}
