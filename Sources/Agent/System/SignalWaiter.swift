internal import Glibc

/// Waits for signals on a thread of its own, so that no handler runs at a bad moment.
package enum SignalWaiter {
    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&set, signal) }
        return set
    }

    /// Keeps SIGTERM, SIGINT and SIGHUP from ending the process. A thread inherits the mask of its maker, so this is called
    /// before any other thread is made.
    package static func block() {
        var set = signals
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `body` for each of the signals that `block` holds back.
    package static func wait(_ body: @escaping @Sendable (Int32) -> Void) {
        Threads.start {
            var set = signals
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
