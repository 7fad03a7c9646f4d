/// A point on a monotonic clock whose zero means nothing (CLOCK_BOOTTIME in the daemon, virtual time in a simulation).
/// No wall clock decides anything.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    package static let zero = Instant(nanoseconds: 0)

    package static func + (instant: Instant, span: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &+ span.wholeNanoseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }

    package var description: String { "\(Double(nanoseconds) / 1e9)s" }
}

extension Duration {
    /// Saturates at about ±292 years.
    package var wholeNanoseconds: Int64 {
        // Below nine seconds, as nearly all spans are, no 128 bits need be divided.
        if let attoseconds = Int64(exactly: attoseconds) { return attoseconds / 1_000_000_000 }
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
    }

    package var inSeconds: Double { Double(wholeNanoseconds) / 1e9 }
    package var inMilliseconds: Double { Double(wholeNanoseconds) / 1e6 }
}
