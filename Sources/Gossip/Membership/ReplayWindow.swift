/// Which datagrams of one run of a sender have been taken: a sliding window over their counters, as IPsec's
/// (RFC 4303 §3.4.3).
struct ReplayWindow: Sendable {
    let runNonce: UInt32
    private var highest: UInt32
    /// In halves, for the same reason as a `NodeID`.
    private var seenHigh: UInt64 = 0
    private var seenLow: UInt64 = 1

    private var seen: UInt128 {
        get { UInt128(seenHigh) << 64 | UInt128(seenLow) }
        set {
            seenHigh = UInt64(truncatingIfNeeded: newValue >> 64)
            seenLow = UInt64(truncatingIfNeeded: newValue)
        }
    }

    static let width: UInt32 = 128

    init(runNonce: UInt32, counter: UInt32) {
        self.runNonce = runNonce
        highest = counter
    }

    /// Whether this counter is taken now: not seen before, and not too old to tell.
    mutating func admit(_ counter: UInt32) -> Bool {
        if counter > highest {
            let advance = counter - highest
            seen = advance >= Self.width ? 1 : seen << UInt128(advance) | 1
            highest = counter
            return true
        }
        let age = highest - counter
        guard age < Self.width, seen >> UInt128(age) & 1 == 0 else { return false }
        seen |= 1 << UInt128(age)
        return true
    }
}
