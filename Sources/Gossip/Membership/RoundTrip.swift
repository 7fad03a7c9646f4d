/// A peer's smoothed round-trip time and the retransmission timeout that follows from it (RFC 6298 §2).
struct RoundTrip: Hashable, Sendable {
    private(set) var smoothed: Duration?
    private var variation = Duration.zero

    static let initialTimeout = Duration.milliseconds(150)
    static let shortestTimeout = Duration.milliseconds(40)
    static let longestTimeout = Duration.milliseconds(250)

    mutating func measured(_ sample: Duration) {
        guard let smoothed else {
            self.smoothed = sample
            variation = sample / 2
            return
        }
        let deviation = smoothed > sample ? smoothed - sample : sample - smoothed
        variation = variation * 3 / 4 + deviation / 4
        self.smoothed = smoothed * 7 / 8 + sample / 8
    }

    var timeout: Duration {
        guard let smoothed else { return Self.initialTimeout }
        return min(max(smoothed + variation * 4, Self.shortestTimeout), Self.longestTimeout)
    }
}
