internal import Glibc

/// Detached threads.
enum Threads {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// For what the daemon cannot do without.
    static func start(_ body: @escaping @Sendable () -> Void) {
        precondition(startIfPossible(body), "the system gives no more threads")
    }

    /// - Returns: whether the system gave one.
    static func startIfPossible(_ body: @escaping @Sendable () -> Void) -> Bool {
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
        if failed != 0 { context.release() }
        return failed == 0
    }
}
