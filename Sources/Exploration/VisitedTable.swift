/// 128 bits that stand for a state. Among 10⁸ states two share one with a probability below 10⁻²².
struct Digest: Equatable {
    var high: UInt64
    var low: UInt64

    init(_ words: (inout Hashing) -> Void) {
        var hashing = Hashing()
        words(&hashing)
        high = hashing.first
        low = hashing.second | 1
    }

    struct Hashing {
        fileprivate var first: UInt64 = 0x243F_6A88_85A3_08D3
        fileprivate var second: UInt64 = 0x1319_8A2E_0370_7344

        mutating func add(_ word: UInt64) {
            first = Self.mix(first ^ word)
            second = Self.mix((second &+ word) &* 0xD6E8_FEB8_6659_FD93)
        }

        private static func mix(_ value: UInt64) -> UInt64 {
            var value = value &+ 0x9E37_79B9_7F4A_7C15
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }
}

/// The states seen so far by their digests, each with its number. Open addressing; an odd low word tells used from free.
struct VisitedTable {
    private var high: [UInt64]
    private var low: [UInt64]
    private var numbers: [UInt32]
    private(set) var count = 0

    init() {
        high = Array(repeating: 0, count: 1 << 12)
        low = high
        numbers = Array(repeating: 0, count: 1 << 12)
    }

    /// - Returns: the state's number, and whether it is new.
    mutating func insert(_ digest: Digest) -> (number: UInt32, isNew: Bool) {
        if count * 2 >= high.count { grow() }
        let place = place(of: digest)
        guard low[place] == 0 else { return (numbers[place], false) }
        high[place] = digest.high
        low[place] = digest.low
        numbers[place] = UInt32(count)
        count += 1
        return (UInt32(count - 1), true)
    }

    private func place(of digest: Digest) -> Int {
        let mask = high.count - 1
        var place = Int(truncatingIfNeeded: digest.high) & mask
        while low[place] != 0, low[place] != digest.low || high[place] != digest.high { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let old = (high, low, numbers)
        high = Array(repeating: 0, count: old.0.count * 2)
        low = high
        numbers = Array(repeating: 0, count: high.count)
        for index in old.0.indices where old.1[index] != 0 {
            let mask = high.count - 1
            var place = Int(truncatingIfNeeded: old.0[index]) & mask
            while low[place] != 0 { place = (place + 1) & mask }
            high[place] = old.0[index]
            low[place] = old.1[index]
            numbers[place] = old.2[index]
        }
    }
}
