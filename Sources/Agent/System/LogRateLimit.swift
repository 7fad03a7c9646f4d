internal import LeaseLedger
internal import Synchronization

/// Bounds what one identifier may write to the log: a burst, then a line now and then. A peer or a kernel that misbehaves
/// a thousand times a second must not fill a disk. What was left out is counted and told with the next line.
final class LogRateLimit: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Instant
        var suppressed = 0
    }

    private let burst: Double
    private let perSecond: Double
    private let buckets = Mutex<[String: Bucket]>([:])
    /// Identifiers are few and fixed. Were they made from foreign input, they would share one bucket beyond this.
    private static let mostIdentifiers = 512

    init(burst: Int = 100, perSecond: Double = 5) {
        self.burst = Double(burst)
        self.perSecond = perSecond
    }

    /// `nil`: not now. Otherwise how many lines of this identifier were left out since the last one.
    func admit(_ identifier: String, at now: Instant) -> Int? {
        buckets.withLock { buckets in
            let key = buckets[identifier] == nil && buckets.count >= Self.mostIdentifiers ? "" : identifier
            var bucket = buckets[key] ?? Bucket(tokens: burst, filled: now)
            bucket.tokens = min(burst, bucket.tokens + max(0, (now - bucket.filled).inSeconds) * perSecond)
            bucket.filled = max(bucket.filled, now)
            let isAdmitted = bucket.tokens >= 1
            let suppressed = bucket.suppressed
            if isAdmitted { bucket.tokens -= 1 }
            bucket.suppressed = isAdmitted ? 0 : suppressed + 1
            buckets[key] = bucket
            return isAdmitted ? suppressed : nil
        }
    }
}
