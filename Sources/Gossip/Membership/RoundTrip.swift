internal import LeaseLedger

/// A peer's smoothed round-trip time and the retransmission timeout that follows from it (RFC 6298 §2). In whole
/// microseconds: a node keeps thousands of these.
struct RoundTrip: Hashable, Sendable {
    private var smoothedMicroseconds: UInt32 = 0
    private var variation: UInt32 = 0
    private var isMeasured = false

    static let initialTimeout = Duration.milliseconds(150)
    static let shortestTimeout = Duration.milliseconds(40)
    static let longestTimeout = Duration.milliseconds(250)

    var smoothed: Duration? { isMeasured ? .microseconds(Int64(smoothedMicroseconds)) : nil }

    mutating func measured(_ span: Duration) {
        let sample = UInt32(clamping: min(max(span.wholeNanoseconds / 1_000, 0), 60_000_000))
        guard isMeasured else {
            isMeasured = true
            smoothedMicroseconds = sample
            variation = sample / 2
            return
        }
        let deviation = max(smoothedMicroseconds, sample) - min(smoothedMicroseconds, sample)
        variation = (variation * 3 + deviation) / 4
        smoothedMicroseconds = (smoothedMicroseconds * 7 + sample) / 8
    }

    var timeout: Duration {
        guard isMeasured else { return Self.initialTimeout }
        let timeout = Duration.microseconds(Int64(smoothedMicroseconds) + 4 * Int64(variation))
        return min(max(timeout, Self.shortestTimeout), Self.longestTimeout)
    }
}
