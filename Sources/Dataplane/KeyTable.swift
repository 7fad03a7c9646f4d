/// Numbers keys in the order in which they come: what a dictionary does, for thousands at a time and many times over.
///
/// Open addressing over one array; the multiplier is this process's own, so that nobody picks keys that collide.
struct KeyTable {
    private static let multiplier = UInt64.random(in: .min ... .max) | 1
    private static let free: Int32 = -1

    private var keys: [UInt128] = []
    /// Numbers of keys, twice as many places as keys at least.
    private var slots: [Int32]
    private var shift: Int

    /// - Parameter count: how many keys may come; more are taken too.
    init(capacity count: Int) {
        keys.reserveCapacity(count)
        let bits = max(Int.bitWidth - max(2 * count, 8).leadingZeroBitCount, 3)
        shift = UInt64.bitWidth - bits
        slots = Array(repeating: Self.free, count: 1 << bits)
    }

    /// The key's number, from 0, and whether it has got it now.
    mutating func insert(_ key: UInt128) -> (number: Int, isNew: Bool) {
        if 2 * (keys.count + 1) > slots.count { grow() }
        let slot = slot(of: key)
        guard slots[slot] == Self.free else { return (Int(slots[slot]), false) }
        slots[slot] = Int32(truncatingIfNeeded: keys.count)
        keys.append(key)
        return (keys.count - 1, true)
    }

    func number(of key: UInt128) -> Int? {
        let number = slots[slot(of: key)]
        return number == Self.free ? nil : Int(number)
    }

    /// Where the key is, or would come.
    private func slot(of key: UInt128) -> Int {
        let folded = UInt64(truncatingIfNeeded: key) ^ (UInt64(truncatingIfNeeded: key >> 64) &* 0x9E37_79B9_7F4A_7C15)
        var slot = Int(truncatingIfNeeded: (folded &* Self.multiplier) >> UInt64(shift))
        while slots[slot] != Self.free, keys[Int(slots[slot])] != key { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    private mutating func grow() {
        shift -= 1
        slots = Array(repeating: Self.free, count: 2 * slots.count)
        for (number, key) in keys.enumerated() { slots[slot(of: key)] = Int32(truncatingIfNeeded: number) }
    }
}
