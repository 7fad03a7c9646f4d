package import LeaseLedger

/// How much of its time a node gives to looking after what others change: whoever breaks something is answered at once,
/// and whoever never stops gets a share of the time and no more.
///
/// Time is saved up while nobody changes anything. As long as some is left, a look need not wait; then looks come so far
/// apart that they take `share` of the time.
package struct RepairBudget: Sendable {
    /// Hundreds of repairs with 1,000 peers.
    private static let mostSaved = Duration.seconds(1)
    /// One part in so many.
    private static let share = 20
    private static let longestWait = Duration.seconds(1)

    private var saved = Self.mostSaved
    private var countedUntil: Instant?

    package init() {}

    /// - Returns: how long the next look is to wait.
    package mutating func wait(at now: Instant) -> Duration {
        save(until: now)
        return saved < .zero ? .zero - saved * Self.share : .zero
    }

    /// A look has taken this long.
    package mutating func spend(_ time: Duration, at now: Instant) {
        save(until: now)
        saved = max(saved - time, .zero - Self.longestWait / Self.share)
    }

    private mutating func save(until now: Instant) {
        if let countedUntil, now > countedUntil {
            saved = min(saved + (now - countedUntil) / Self.share, Self.mostSaved)
        }
        countedUntil = max(countedUntil ?? now, now)
    }
}
