internal import LeaseLedger
internal import LeaseStore

/// The clock by which the store says since when a peer is absent: seconds in which feltd ran, all runs together. While it
/// does not run nobody listens, and that counts for nothing.
///
/// Each run goes on above the highest reading that the store has. So the order of absences outlives any end, and a row is
/// written once, when the peer goes.
struct AbsenceClock: Sendable {
    private let origin: Instant
    /// The reading at `origin`.
    private let first: UInt64

    /// A thousand years; more is a damaged row.
    private static let largestReading: UInt64 = 1 << 35

    init(startingAt origin: Instant, after peers: [StoredPeer]) {
        self.origin = origin
        first = (peers.compactMap { Self.reading(of: $0) }.max() ?? 0) + 1
    }

    /// What the store says of an absence that began at `instant`, which may lie before this run.
    func reading(at instant: Instant) -> UInt64 {
        let (whole, rest) = (instant - origin).wholeNanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        // Down, so that what is read is written again.
        let seconds = rest < 0 ? whole - 1 : whole
        return UInt64(clamping: Int64(clamping: first) + seconds)
    }

    /// How long a peer had been absent at the start of this run.
    func absence(of peer: StoredPeer) -> Duration? {
        Self.reading(of: peer).map { .seconds(Int64(clamping: first - $0)) }
    }

    private static func reading(of peer: StoredPeer) -> UInt64? {
        peer.unreachableSeconds.flatMap { $0 <= largestReading ? $0 : nil }
    }
}
