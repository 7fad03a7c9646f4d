internal import LeaseLedger

/// How much news has come lately: a bucket that each piece fills by one and that leaks `leak` a second. What is waiting to
/// be sent does not tell: pieces that are sent few times do not wait long.
struct NewsPressure: Sendable {
    private(set) var level = 0.0
    private var measured = Instant.zero

    /// Pieces a second that are no crowd, however long they last; and as many at once.
    static let leak = 24.0

    var isCrowd: Bool { level > Self.leak }

    /// What part of its usual transmissions a piece of news gets.
    var share: Double { isCrowd ? Self.leak / level : 1 }

    mutating func pieceCame(_ now: Instant) {
        pass(now)
        level += 1
    }

    mutating func pass(_ now: Instant) {
        level = max(0, level - Self.leak * (now - measured).inSeconds)
        measured = now
    }
}
