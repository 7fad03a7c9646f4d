internal import LeaseLedger

/// The cluster's keys as one node knows them: which there are, which were taken away, which one seals. Two states merge
/// the same way everywhere, in any order and any number of times, so operations on different nodes never conflict:
/// a removed key stays removed, and of two choices of the sealing key the later (by a Lamport clock) holds.
package struct KeyRingState: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        let key: ClusterKey
        /// When it was added, on the ring's own clock.
        let added: UInt64
    }

    struct Choice: Hashable, Comparable, Sendable {
        let id: KeyID
        let at: UInt64

        static func < (left: Choice, right: Choice) -> Bool { (left.at, left.id) < (right.at, right.id) }
    }

    private(set) var entries: [KeyID: Entry] = [:]
    private(set) var removed: [KeyID: UInt64] = [:]
    private(set) var choice: Choice

    /// Keys at once; a rotation needs two.
    package static let mostKeys = 8
    /// What a merge keeps: operators on both sides of a partition may each have added some.
    static let mostMerged = NodeSecurity.mostKeys
    static let mostRemoved = 48

    /// The keys that a node begins with; the first seals.
    package init(_ ring: KeyRing) {
        choice = Choice(id: ring.sealing.id, at: 0)
        for key in ring.keys.prefix(Self.mostKeys) { entries[key.id] = Entry(key: key, added: 0) }
    }

    init(entries: [KeyID: Entry], removed: [KeyID: UInt64], choice: Choice) {
        self.entries = entries
        self.removed = removed
        self.choice = choice
        normalise()
    }

    // MARK: What it says

    package var sealingID: KeyID { choice.id }

    /// The sealing key's id first, then the newest.
    package var ids: [KeyID] {
        entries.sorted { left, right in
            if (left.key == choice.id) != (right.key == choice.id) { return left.key == choice.id }
            return (left.value.added, left.key) > (right.value.added, right.key)
        }.map(\.key)
    }

    package func key(_ id: KeyID) -> ClusterKey? { entries[id]?.key }

    /// `nil` never happens: the sealing key is always there.
    package var ring: KeyRing? { KeyRing(ids.compactMap { entries[$0]?.key }) }

    /// Whether a key is on its way out: older than the one that seals.
    package func isOutdated(_ id: KeyID) -> Bool {
        guard id != choice.id, let entry = entries[id], let sealing = entries[choice.id] else { return false }
        return entry.added < sealing.added
    }

    package func wasRemoved(_ id: KeyID) -> Bool { removed[id] != nil && entries[id] == nil }

    // MARK: Operations

    private var clock: UInt64 {
        max(choice.at, entries.values.map(\.added).max() ?? 0, removed.values.max() ?? 0)
    }

    package mutating func add(_ key: ClusterKey) throws(KeyRingError) {
        guard entries[key.id] == nil else { throw .known(key.id) }
        guard removed[key.id] == nil else { throw .wasRemoved(key.id) }
        guard entries.count < Self.mostKeys else { throw .full }
        entries[key.id] = Entry(key: key, added: clock + 1)
    }

    package mutating func use(_ id: KeyID) throws(KeyRingError) {
        guard entries[id] != nil else { throw .unknown(id) }
        guard id != choice.id else { return }
        choice = Choice(id: id, at: clock + 1)
    }

    package mutating func remove(_ id: KeyID) throws(KeyRingError) {
        guard entries[id] != nil else { throw .unknown(id) }
        guard id != choice.id else { throw .seals(id) }
        removed[id] = clock + 1
        normalise()
    }

    /// Takes an operator's own list over: what is new is added, the first seals, what is missing is removed. Keys that the
    /// cluster has removed are not taken.
    /// - Returns: those.
    package mutating func follow(_ list: KeyRing) -> [KeyID] {
        let void = list.keys.map(\.id).filter { wasRemoved($0) }
        for key in list.keys where entries[key.id] == nil && removed[key.id] == nil {
            entries[key.id] = Entry(key: key, added: clock + 1)
        }
        guard entries[list.sealing.id] != nil else { return void }
        try? use(list.sealing.id)
        for id in ids where !list.keys.contains(where: { $0.id == id }) { try? remove(id) }
        return void
    }

    /// Seals with the key of a token until the cluster says otherwise: a token may be older than the last rotation.
    /// - Returns: whether the key is in the ring; it is not if the cluster has removed it.
    package mutating func join(with key: ClusterKey) -> Bool {
        guard removed[key.id] == nil else { return entries[key.id] != nil }
        guard entries[key.id] == nil else { return true }
        entries[key.id] = Entry(key: key, added: clock)
        choice = Choice(id: key.id, at: choice.at)
        return true
    }

    package func merged(with other: KeyRingState) -> KeyRingState {
        KeyRingState(
            entries: entries.merging(other.entries) { mine, theirs in
                // Two keys that share an id: everybody keeps the same.
                (mine.added, mine.key.base64) < (theirs.added, theirs.key.base64) ? theirs : mine
            },
            removed: removed.merging(other.removed) { max($0, $1) }, choice: max(choice, other.choice))
    }

    /// Drops the keys that were removed; a removed key that seals nevertheless stays until another does.
    private mutating func normalise() {
        entries = entries.filter { removed[$0.key] == nil || $0.key == choice.id }
        let surplus = ids.dropFirst(Self.mostMerged)
        for id in surplus { entries[id] = nil }
        if removed.count > Self.mostRemoved {
            let kept = removed.sorted { ($0.value, $0.key) > ($1.value, $1.key) }.prefix(Self.mostRemoved)
            removed = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
        }
    }
}

/// Why the ring is not changed.
package enum KeyRingError: Error, Hashable, Sendable, CustomStringConvertible {
    case known(KeyID)
    case unknown(KeyID)
    case wasRemoved(KeyID)
    case seals(KeyID)
    case full

    package var description: String {
        switch self {
        case .known(let id): "key \(id) is in the ring already"
        case .unknown(let id): "there is no key \(id) in the ring; see: leasectl key list"
        case .wasRemoved(let id): "key \(id) was removed from this cluster and is not taken again; generate a new one"
        case .seals(let id): "key \(id) seals; name another with `leasectl key use` first"
        case .full: "the ring holds \(KeyRingState.mostKeys) keys; remove one with `leasectl key remove`"
        }
    }
}
