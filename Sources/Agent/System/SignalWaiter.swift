internal import Glibc

/// Waits for signals on a thread of its own, so that no handler runs at a bad moment.
package enum SignalWaiter {
    /// Blocks SIGTERM, SIGINT and SIGHUP for the whole process and calls `body` for each. Call once, before any thread is made.
    package static func start(_ body: @escaping @Sendable (Int32) -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        Threads.start {
            var set = sigset_t()
            sigemptyset(&set)
            for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
            var signal: Int32 = 0
            while true {
                if sigwait(&set, &signal) == 0 { body(signal) }
            }
        }
    }
}

/// Detached threads.
enum Threads {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 << 10)
        var thread = pthread_t()
        let failed = pthread_create(
            &thread, &attributes,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context.toOpaque())
        pthread_attr_destroy(&attributes)
        precondition(failed == 0, "pthread_create: \(String(cString: strerror(failed)))")
    }
}
