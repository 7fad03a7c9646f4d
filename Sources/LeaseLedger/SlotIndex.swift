/// Which slots of a table carry a key. Nearly every key is carried by one slot only, and costs no array of its own then.
struct SlotIndex<Key: PagedKey>: Sendable {
    private var first = PagedDictionary<Key, UInt32>()
    private var more: [Key: [UInt32]] = [:]

    var keys: LazyMapSequence<PagedDictionary<Key, UInt32>, Key> { first.keys }

    mutating func add(_ slot: UInt32, for key: Key) {
        if first[key] == nil { first[key] = slot } else { more[key, default: []].append(slot) }
    }

    mutating func remove(_ slot: UInt32, for key: Key) {
        guard var others = more[key] else {
            if first[key] == slot { first[key] = nil }
            return
        }
        if first[key] == slot { first[key] = others.removeFirst() } else { others.removeAll { $0 == slot } }
        more[key] = others.isEmpty ? nil : others
    }

    /// The slot, if one alone carries the key.
    func onlySlot(for key: Key) -> UInt32? { more.isEmpty || more[key] == nil ? first[key] : nil }

    /// In the order in which they were added.
    func slots(for key: Key) -> [UInt32] {
        guard let first = first[key] else { return [] }
        return more.isEmpty ? [first] : [first] + (more[key] ?? [])
    }
}
