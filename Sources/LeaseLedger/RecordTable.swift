package import Addressing

/// All records and revocations a node knows, its own included, with their hash. Merging takes the higher version and is
/// commutative, associative and idempotent; nothing is ever rejected because it conflicts.
package struct RecordTable: Sendable {
    package enum Merged: Equatable, Sendable {
        case added
        case replaced(SignedRecord)
        /// The table has this version or a newer one.
        case known
    }

    private var slots = PagedDictionary<NodeID, UInt32>()
    private var records = PagedArray<SignedRecord>()
    private var buckets: [[UInt32]] = Array(repeating: [], count: TableHash.bucketCount)
    private var claimants = SlotIndex<IPv4Block>()
    /// By the name's hash: a table of thousands has little room for the names themselves.
    private var names = SlotIndex<Int>()
    /// Those that may still matter; see `isSuperseded`.
    package private(set) var revocations: [Revocation: SignedRevocation] = [:]
    private var revokedEpochs: [NodeID: Set<UInt64>] = [:]
    /// Banned nodes have no record here, and get none; the names that they had, empty where none is known.
    package private(set) var banned: [NodeID: String] = [:]
    /// What banned nodes said last, for the store: their names should outlive a restart.
    package private(set) var bannedRecords: [NodeID: SignedRecord] = [:]
    package private(set) var hash = TableHash()
    /// The highest claim epoch in any record, absurd jumps aside.
    package private(set) var highestEpoch: UInt64 = 0

    /// A claim with an epoch beyond this many others is merged as any other, but moves nobody's clock: it gains its
    /// claimant nothing, since the lower epoch precedes, and leaves the others room to count.
    static let longestJump: UInt64 = 1 << 24

    package init() {}

    package var count: Int { records.count }
    package var all: some Collection<SignedRecord> { records }

    package subscript(nodeID: NodeID) -> SignedRecord? { slots[nodeID].map { records[Int($0)] } }

    package mutating func merge(_ record: SignedRecord) -> Merged {
        let nodeID = record.nodeID
        if let name = banned[nodeID] {
            if name.isEmpty {
                banned[nodeID] = record.record.name
                bannedRecords[nodeID] = record
            }
            return .known
        }
        guard let slot = slots[nodeID] else {
            let slot = UInt32(records.count)
            slots[nodeID] = slot
            records.append(record)
            hash.toggle(nodeID, record.version)
            index(record, slot)
            prune(nodeID)
            return .added
        }
        let previous = records[Int(slot)]
        guard previous.version < record.version else { return .known }
        hash.toggle(nodeID, previous.version)
        hash.toggle(nodeID, record.version)
        if previous.record.claimants.map(\.claim.subnet) != record.record.claimants.map(\.claim.subnet)
            || previous.record.name != record.record.name
        {
            unindex(previous, slot)
            index(record, slot)
        } else {
            record.record.claimants.forEach { count($0.claim.epoch) }
        }
        records[Int(slot)] = record
        prune(nodeID)
        return .replaced(previous)
    }

    private mutating func index(_ record: SignedRecord, _ slot: UInt32) {
        buckets[TableHash.bucket(of: record.nodeID)].append(slot)
        names.add(slot, for: record.record.name.hashValue)
        for claimant in record.record.claimants {
            claimants.add(slot, for: claimant.claim.subnet)
            count(claimant.claim.epoch)
        }
    }

    private mutating func unindex(_ record: SignedRecord, _ slot: UInt32) {
        buckets[TableHash.bucket(of: record.nodeID)].removeAll { $0 == slot }
        names.remove(slot, for: record.record.name.hashValue)
        for claimant in record.record.claimants { claimants.remove(slot, for: claimant.claim.subnet) }
    }

    private mutating func count(_ epoch: UInt64) {
        if epoch <= highestEpoch + Self.longestJump { highestEpoch = max(highestEpoch, epoch) }
    }

    /// The records of the nodes that go by this name: for two nodes it may be one.
    package func records(named name: String) -> [SignedRecord] {
        names.slots(for: name.hashValue).map { records[Int($0)] }.filter { $0.record.name == name }
    }

    /// Takes out what should never have come in; merging never removes.
    @discardableResult
    package mutating func remove(_ nodeID: NodeID) -> SignedRecord? {
        guard let slot = slots[nodeID] else { return nil }
        slots[nodeID] = nil
        let record = records[Int(slot)]
        hash.toggle(nodeID, record.version)
        unindex(record, slot)
        // The last one takes its place.
        let last = UInt32(records.count - 1)
        if slot != last {
            let moved = records[Int(last)]
            unindex(moved, last)
            index(moved, slot)
            slots[moved.nodeID] = slot
            records[Int(slot)] = moved
        }
        records.removeLast()
        return record
    }

    package func isBanned(_ nodeID: NodeID) -> Bool { banned[nodeID] != nil }

    /// - Returns: whether it was news that matters.
    package mutating func merge(_ revocation: SignedRevocation) -> Bool {
        let key = revocation.revocation
        guard revocations[key] == nil, !isSuperseded(key) else { return false }
        revocations[key] = revocation
        revokedEpochs[key.nodeID, default: []].insert(key.claimEpoch)
        hash.toggle(key)
        if key.isBan {
            let record = remove(key.nodeID)
            banned[key.nodeID] = record?.record.name ?? ""
            bannedRecords[key.nodeID] = record
        }
        return true
    }

    /// Whether the owner's own record says that the revoked claim has ended, so that the revocation can be dropped.
    ///
    /// Why that is safe. A node's claims have ever higher epochs: the epoch of a new claim is above its sequence divided by
    /// `LeaseLedger.leap`, and the record that publishes the claim has a sequence that, so divided, is above the epoch. So
    /// a record with a quotient above the revoked epoch was written after that claim was made, and if it does not carry the
    /// claim, after it had ended. Whoever has it takes no older record of that node, so the claim cannot come back there;
    /// whoever has neither it nor the revocation gets, by anti-entropy, the record, which says as much. Where the
    /// revocation arrives first, it stands until the record comes. A disk of before speaks below the change of the claim,
    /// and its node adopts the later record. So the set is a function of what is known: equal records and revocations
    /// leave equal sets, in whatever order they came, and the hashes agree.
    ///
    /// A revocation of an owner that never speaks again stands for ever: one for each claim of its last record.
    package func isSuperseded(_ revocation: Revocation) -> Bool {
        self[revocation.nodeID].map { Self.supersedes($0.record, revocation) } ?? false
    }

    private static func supersedes(_ record: NodeRecord, _ revocation: Revocation) -> Bool {
        record.version.sequence / LeaseLedger.leap > revocation.claimEpoch
            && !record.claimants.contains { $0.claim.epoch == revocation.claimEpoch }
    }

    private mutating func prune(_ nodeID: NodeID) {
        for epoch in revokedEpochs[nodeID] ?? [] {
            let revocation = Revocation(nodeID: nodeID, claimEpoch: epoch)
            if isSuperseded(revocation) { drop(revocation) }
        }
    }

    /// Takes out a revocation, whether or not that is safe; one of a claim, not a ban.
    package mutating func drop(_ revocation: Revocation) {
        guard revocations.removeValue(forKey: revocation) != nil else { return }
        hash.toggle(revocation)
        revokedEpochs[revocation.nodeID]?.remove(revocation.claimEpoch)
        if revokedEpochs[revocation.nodeID]?.isEmpty == true { revokedEpochs[revocation.nodeID] = nil }
    }

    /// The epochs of a node's claims that are revoked.
    func revokedEpochs(of nodeID: NodeID) -> Set<UInt64> { revokedEpochs[nodeID] ?? [] }

    /// An operator wants this node out of sight, and it has said nothing since.
    /// - Parameter news: a record of it that is to be merged.
    package func isForgotten(_ nodeID: NodeID, saying news: NodeRecord? = nil) -> Bool {
        revokedEpochs(of: nodeID).contains { epoch in
            let revocation = Revocation(nodeID: nodeID, claimEpoch: epoch)
            guard revocations[revocation]?.reason == .forgotten else { return false }
            return news.map { !Self.supersedes($0, revocation) } ?? true
        }
    }

    /// What a revocation must name to make a node forgotten: its claim or, where it has none, an epoch that none of its
    /// claims has and its next record is beyond.
    func epochToForget(_ nodeID: NodeID) -> UInt64? {
        self[nodeID].map { $0.claim?.epoch ?? $0.version.sequence / LeaseLedger.leap }
    }

    /// The present claim of a node, unless it is revoked.
    package func standingClaim(of nodeID: NodeID) -> Claimant? {
        self[nodeID].flatMap { standingClaim(in: $0) }
    }

    private func standingClaim(in record: SignedRecord) -> Claimant? {
        guard let claim = record.claim else { return nil }
        let claimant = Claimant(nodeID: record.nodeID, claim: claim)
        return isRevoked(claimant) ? nil : claimant
    }

    package func isRevoked(_ claimant: Claimant) -> Bool {
        !revocations.isEmpty
            && revocations[Revocation(nodeID: claimant.nodeID, claimEpoch: claimant.claim.epoch)] != nil
    }

    /// The standing claims on exactly this subnet, those of nodes that prepare to move there included. Subnets of one pool
    /// are equal or disjoint.
    package func claims(on subnet: IPv4Block) -> [Claimant] {
        claimants.slots(for: subnet).compactMap { standingClaim(in: records[Int($0)], on: subnet) }
    }

    private func standingClaim(in record: SignedRecord, on subnet: IPv4Block) -> Claimant? {
        record.record.claimant(on: subnet).flatMap { isRevoked($0) ? nil : $0 }
    }

    /// Who owns a subnet: the claim that precedes all others on it, tentative ones aside. Everybody derives the same
    /// owner from the same table.
    package func owner(of subnet: IPv4Block) -> Claimant? {
        // One claimant is the rule, and a table may hold thousands.
        if let slot = claimants.onlySlot(for: subnet) {
            return standingClaim(in: records[Int(slot)], on: subnet).flatMap {
                $0.claim.claimClass > .tentative ? $0 : nil
            }
        }
        return claims(on: subnet).filter { $0.claim.claimClass > .tentative }.max { $1.precedes($0).wins }
    }

    /// All subnets that somebody claims.
    package var claimedSubnets: some Sequence<IPv4Block> { claimants.keys }

    /// What an exchange of tables compares: the versions in one bucket.
    package func entries(inBucket bucket: Int) -> [TableEntry] {
        guard buckets.indices.contains(bucket) else { return [] }
        let known = buckets[bucket].map { slot in
            let record = records[Int(slot)]
            return TableEntry.record(record.nodeID, record.version)
        }
        guard !revocations.isEmpty else { return known }
        let revoked = revocations.keys.filter { TableHash.bucket(of: $0.nodeID) == bucket }.sorted()
        return known + revoked.map { TableEntry.revocation($0) }
    }
}

/// One line of a table's summary.
package enum TableEntry: Hashable, Sendable {
    case record(NodeID, RecordVersion)
    case revocation(Revocation)
}
