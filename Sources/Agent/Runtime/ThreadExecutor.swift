internal import Glibc
internal import Synchronization

/// Runs an actor on a thread of its own: for work that blocks (disk, netlink), which must not hold up the cooperative
/// pool that may have a single thread.
final class ThreadExecutor: SerialExecutor {
    private let waiting = Mutex<[UnownedJob]>([])
    private let available = Semaphore()

    /// - Parameter yields: to gossip and to the machine's other work, where cores are busy: whoever answers probes and passes
    ///   news on goes first (setpriority(2), of this thread alone).
    init(yields: Bool = false) {
        Threads.start { [self] in
            if yields { setpriority(Int32(PRIO_PROCESS.rawValue), 0, 10) }
            run()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        waiting.withLock { $0.append(job) }
        available.signal()
    }

    private func run() {
        while true {
            available.wait()
            let jobs = waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}

/// A counting semaphore (sem_overview(7)) at a fixed address.
private final class Semaphore: @unchecked Sendable {
    // sem_t is made to be shared between threads; it is only ever touched through its own functions.
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func signal() { sem_post(semaphore) }

    func wait() {
        while sem_wait(semaphore) != 0 {}
    }
}
