internal import Addressing
internal import LeaseLedger

/// Bounds what strangers can make this node decipher: a datagram that does not open costs its source a part of what it
/// may try. A source whose datagrams have opened may fail far more often before it is cut short, so that nobody silences
/// a member by a few forgeries under its address; one that nobody knows is soon ignored. Bounded in memory too.
struct OpenBudget: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Instant

        /// - Returns: whether there is something left.
        mutating func refill(_ perSecond: Double, _ burst: Double, _ now: Instant) -> Bool {
            tokens = min(burst, tokens + max(0, (now - filled).inSeconds) * perSecond)
            filled = max(filled, now)
            return tokens >= 1
        }
    }

    private var failing: [AnyIPAddress: Bucket] = [:]
    /// When a datagram from there opened last.
    private var proven: [AnyIPAddress: Instant] = [:]
    private var strangers: Bucket

    static let strangerFailures = 200.0
    static let memberFailures = 10_000.0
    /// Of all strangers together.
    static let allFailures = 20_000.0
    static let mostSources = 1_024
    static let mostProven = 8_192
    private static let provenFor = Duration.seconds(600)

    init(at now: Instant) { strangers = Bucket(tokens: Self.allFailures, filled: now) }

    /// Whether a datagram from there is worth a try.
    mutating func mayTry(_ source: AnyIPAddress, at now: Instant) -> Bool {
        let isMember = isProven(source, now)
        if !isMember, !strangers.refill(Self.allFailures, Self.allFailures, now) { return false }
        let rate = isMember ? Self.memberFailures : Self.strangerFailures
        return failing[source]?.refill(rate, rate, now) ?? true
    }

    mutating func opened(_ source: AnyIPAddress, at now: Instant) {
        if proven[source] == nil, proven.count >= Self.mostProven {
            proven = proven.filter { now - $0.value < Self.provenFor }
            guard proven.count < Self.mostProven else { return }
        }
        proven[source] = now
    }

    mutating func failed(_ source: AnyIPAddress, at now: Instant) {
        let isMember = isProven(source, now)
        let burst = isMember ? Self.memberFailures : Self.strangerFailures
        if !isMember { strangers.tokens -= 1 }
        if failing[source] == nil, failing.count >= Self.mostSources {
            // Those that have been quiet for long enough to be full again.
            failing = failing.filter { now - $0.value.filled < .seconds(2) }
            // More sources than that at once are forged ones: the bound on all of them holds.
            guard failing.count < Self.mostSources else { return }
        }
        failing[source, default: Bucket(tokens: burst, filled: now)].tokens -= 1
    }

    private func isProven(_ source: AnyIPAddress, _ now: Instant) -> Bool {
        proven[source].map { now - $0 < Self.provenFor } ?? false
    }
}
