package import Addressing
package import LeaseLedger

/// A peer as the failure detector sees it. Members are never forgotten while their record stands.
package struct Member: Sendable {
    package internal(set) var endpoint: Endpoint
    package internal(set) var liveness: Liveness
    package internal(set) var incarnation: UInt64
    /// When `liveness` took its present value.
    package internal(set) var since: Instant
    package internal(set) var lastHeard: Instant?

    /// The liveness is not a verdict but a guess: a peer from the store, not heard yet.
    var isAssumed: Bool
    var roundTrip = RoundTrip()
    var window: ReplayWindow?
    /// The member's run that has answered a ping of ours.
    var answeredRun: UInt32?
    var lastContact: Instant?

    package var roundTripTime: Duration? { roundTrip.smoothed }

    init(endpoint: Endpoint, liveness: Liveness, incarnation: UInt64, since: Instant, isAssumed: Bool = false) {
        self.endpoint = endpoint
        self.liveness = liveness
        self.incarnation = incarnation
        self.since = since
        self.isAssumed = isAssumed
    }

    /// Whether the run that speaks has answered us. Of another it cannot be told from a recording, as a node that has just
    /// started has no window that would know it.
    var hasAnswered: Bool { window != nil && answeredRun == window?.runNonce }

    mutating func answers() { answeredRun = window?.runNonce }

    /// Whether word of a life at `incarnation` overrides what we hold.
    func isOverridden(byLifeAt incarnation: UInt64) -> Bool {
        incarnation > self.incarnation || (isAssumed && incarnation >= self.incarnation)
    }
}
