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

    private var slots: [NodeID: UInt32] = [:]
    private var records: [SignedRecord] = []
    private var buckets: [[UInt32]] = Array(repeating: [], count: TableHash.bucketCount)
    private var claimants = SlotIndex<IPv4Block>()
    /// By the name's hash: a table of thousands has little room for the names themselves.
    private var names = SlotIndex<Int>()
    package private(set) var revocations: [Revocation: SignedRevocation] = [:]
    /// Banned nodes have no record here, and get none; the names that they had, empty where none is known.
    package private(set) var banned: [NodeID: String] = [:]
    package private(set) var hash = TableHash()
    /// The highest claim epoch in any record.
    package private(set) var highestEpoch: UInt64 = 0

    package init() {}

    package var count: Int { records.count }
    package var all: some Collection<SignedRecord> { records }

    package subscript(nodeID: NodeID) -> SignedRecord? { slots[nodeID].map { records[Int($0)] } }

    package mutating func merge(_ record: SignedRecord) -> Merged {
        let nodeID = record.nodeID
        if let name = banned[nodeID] {
            if name.isEmpty { banned[nodeID] = record.record.name }
            return .known
        }
        guard let slot = slots[nodeID] else {
            let slot = UInt32(records.count)
            slots[nodeID] = slot
            records.append(record)
            hash.toggle(nodeID, record.version)
            index(record, slot)
            return .added
        }
        let previous = records[Int(slot)]
        guard previous.version < record.version else { return .known }
        hash.toggle(nodeID, previous.version)
        hash.toggle(nodeID, record.version)
        if previous.claim?.subnet != record.claim?.subnet || previous.record.name != record.record.name {
            unindex(previous, slot)
            index(record, slot)
        } else if let claim = record.claim {
            highestEpoch = max(highestEpoch, claim.epoch)
        }
        records[Int(slot)] = record
        return .replaced(previous)
    }

    private mutating func index(_ record: SignedRecord, _ slot: UInt32) {
        buckets[TableHash.bucket(of: record.nodeID)].append(slot)
        names.add(slot, for: record.record.name.hashValue)
        guard let claim = record.claim else { return }
        claimants.add(slot, for: claim.subnet)
        highestEpoch = max(highestEpoch, claim.epoch)
    }

    private mutating func unindex(_ record: SignedRecord, _ slot: UInt32) {
        buckets[TableHash.bucket(of: record.nodeID)].removeAll { $0 == slot }
        names.remove(slot, for: record.record.name.hashValue)
        if let claim = record.claim { claimants.remove(slot, for: claim.subnet) }
    }

    /// The records of the nodes that go by this name: for two nodes it may be one.
    package func records(named name: String) -> [SignedRecord] {
        names.slots(for: name.hashValue).map { records[Int($0)] }.filter { $0.record.name == name }
    }

    /// Takes out what should never have come in; merging never removes.
    @discardableResult
    package mutating func remove(_ nodeID: NodeID) -> SignedRecord? {
        guard let slot = slots.removeValue(forKey: nodeID) else { return nil }
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

    /// - Returns: whether it was news.
    package mutating func merge(_ revocation: SignedRevocation) -> Bool {
        guard revocations[revocation.revocation] == nil else { return false }
        revocations[revocation.revocation] = revocation
        hash.toggle(revocation.revocation)
        if revocation.revocation.isBan {
            let nodeID = revocation.revocation.nodeID
            banned[nodeID] = remove(nodeID)?.record.name ?? ""
        }
        return true
    }

    /// The claim of a node that nobody has revoked.
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

    /// The standing claims on exactly this subnet. Subnets of one pool are equal or disjoint.
    package func claims(on subnet: IPv4Block) -> [Claimant] {
        claimants.slots(for: subnet).compactMap { standingClaim(in: records[Int($0)]) }
    }

    /// Who owns a subnet: the claim that precedes all others on it, tentative ones aside. Everybody derives the same
    /// owner from the same table.
    package func owner(of subnet: IPv4Block) -> Claimant? {
        // One claimant is the rule, and a table may hold thousands.
        if let slot = claimants.onlySlot(for: subnet) {
            return standingClaim(in: records[Int(slot)]).flatMap { $0.claim.claimClass > .tentative ? $0 : nil }
        }
        return claims(on: subnet).filter { $0.claim.claimClass > .tentative }.max { $1.precedes($0).wins }
    }

    /// All subnets that somebody claims.
    package var claimedSubnets: some Collection<IPv4Block> { claimants.keys }

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
