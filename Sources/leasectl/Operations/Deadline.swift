internal import Glibc

/// When waiting ends, by the monotonic clock.
struct Deadline {
    private let start = Self.now
    let seconds: Double

    /// - Parameter seconds: from now on.
    init(_ seconds: Double) { self.seconds = seconds }

    var isPast: Bool { elapsed >= seconds }

    private var elapsed: Double { Self.now - start }

    /// Says on a terminal what is waited for, and lets a moment pass before the next look.
    func pause(_ progress: Progress, _ what: String) {
        progress.show("\(Int(elapsed)) of \(Int(seconds.rounded(.up))) s: \(what)")
        usleep(100_000)
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
