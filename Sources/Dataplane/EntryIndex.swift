/// Entries by key, those of one key in their order. One of a key is the rule and costs no allocation of its own.
struct EntryIndex<Key: Hashable, Entry: Equatable> {
    private var firsts: [Key: Entry] = [:]
    /// What comes behind the first.
    private var others: [Key: [Entry]] = [:]

    init(_ entries: [Entry], by key: (Entry) -> Key) {
        firsts.reserveCapacity(entries.count)
        for entry in entries {
            let key = key(entry)
            if firsts[key] == nil { firsts[key] = entry } else { others[key, default: []].append(entry) }
        }
    }

    /// Takes the entry out if it is the only one of this key.
    mutating func takeOnly(_ entry: Entry, for key: Key) -> Bool {
        guard others.isEmpty || others[key] == nil, let index = firsts.index(forKey: key), firsts.values[index] == entry
        else { return false }
        firsts.remove(at: index)
        return true
    }

    /// All of this key, in their order; they are out then.
    mutating func removeValue(forKey key: Key) -> [Entry] {
        guard let first = firsts.removeValue(forKey: key) else { return [] }
        return [first] + (others.removeValue(forKey: key) ?? [])
    }

    /// All that has not been taken out; those of one key in their order.
    var rest: [Entry] { firsts.flatMap { key, first in [first] + (others[key] ?? []) } }
}
