internal import Addressing
internal import LeaseLedger

/// This period's probe of one member.
struct Probe: Sendable {
    let target: NodeID
    /// The target's, when it was asked.
    let incarnation: UInt64
    let sequence: UInt32
    let started: Instant
    /// When it fails.
    var verdict: Instant
    /// The next repetition, or the verdict.
    var nextStep: Instant
    var repetitions = 0
    /// Helpers asked, and those that said they are well and the target is silent.
    var helpers = 0
    var negatives = 0
}

/// A ping that waits for its answer.
struct OutstandingPing: Sendable, Expiring {
    enum Purpose: Sendable {
        case probe
        /// On behalf of the node at `origin`, which knows it under `sequence`.
        case relay(origin: Endpoint, sequence: UInt32)
        /// A suspicion was heard: is it so?
        case check
        /// A member that does not answer is tried again.
        case contact
    }

    let target: NodeID
    /// The target's, when it was asked.
    let incarnation: UInt64
    let purpose: Purpose
    let sent: Instant
    var deadline: Instant
    /// Whether the answer's time measures the round trip.
    var isTimed = true

    mutating func delay(by span: Duration) {
        deadline = deadline + span
        isTimed = false
    }
}
