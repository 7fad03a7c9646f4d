internal import Addressing
internal import LeaseLedger

/// What a node does until it is synchronised with a peer: it says hello to its seeds and to peers it remembers.
struct Joining: Sendable {
    var nextAttempt: Instant?
    /// When the settings are settled without an answer; `nil` once they are.
    var until: Instant?
    var attempts = 0
}
