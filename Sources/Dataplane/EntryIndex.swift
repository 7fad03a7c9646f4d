/// Entries by key, those of one key in their order.
struct EntryIndex<Entry: Equatable> {
    private let entries: [Entry]
    private var table: KeyTable
    /// By the number of a key: the position of its first entry.
    private var firsts: [Int32] = []
    /// By position: that of the next entry of the same key. Empty as long as each key has one, which is the rule.
    private var following: [Int32] = []
    private var isTaken: [Bool]

    private static var none: Int32 { -1 }

    init(_ entries: [Entry], by key: (Entry) -> UInt128) {
        self.entries = entries
        table = KeyTable(capacity: entries.count)
        isTaken = Array(repeating: false, count: entries.count)
        firsts.reserveCapacity(entries.count)
        var lasts: [Int32] = []
        for (position, entry) in entries.enumerated() {
            let (number, isNew) = table.insert(key(entry))
            if isNew {
                firsts.append(Int32(truncatingIfNeeded: position))
                if !lasts.isEmpty { lasts.append(Int32(truncatingIfNeeded: position)) }
            } else {
                if lasts.isEmpty {
                    lasts = firsts
                    following = Array(repeating: Self.none, count: entries.count)
                }
                following[Int(lasts[number])] = Int32(truncatingIfNeeded: position)
                lasts[number] = Int32(truncatingIfNeeded: position)
            }
        }
    }

    /// Takes the entry out if it is the only one of this key.
    mutating func takeOnly(_ entry: Entry, for key: UInt128) -> Bool {
        guard let position = first(of: key), following.isEmpty || following[position] == Self.none,
            entries[position] == entry
        else { return false }
        isTaken[position] = true
        return true
    }

    /// All of this key, in their order; they are out then.
    mutating func removeAll(of key: UInt128) -> [Entry] {
        guard var position = first(of: key) else { return [] }
        var found: [Entry] = []
        while true {
            found.append(entries[position])
            isTaken[position] = true
            guard !following.isEmpty, following[position] != Self.none else { return found }
            position = Int(following[position])
        }
    }

    /// All that has not been taken out, in their order.
    var rest: [Entry] { zip(entries, isTaken).compactMap { $1 ? nil : $0 } }

    /// The position of the first entry; `nil` when there is none or it is out.
    private func first(of key: UInt128) -> Int? {
        guard let number = table.number(of: key) else { return nil }
        let position = Int(firsts[number])
        return isTaken[position] ? nil : position
    }
}
