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

    private var records: [NodeID: SignedRecord] = [:]
    private var members: [[NodeID]] = Array(repeating: [], count: TableHash.bucketCount)
    private var claimants: [IPv4Block: [NodeID]] = [:]
    package private(set) var revocations: [Revocation: SignedRevocation] = [:]
    /// Banned nodes have no record here, and get none; the names that they had, empty where none is known.
    package private(set) var banned: [NodeID: String] = [:]
    package private(set) var hash = TableHash()
    /// The highest claim epoch in any record.
    package private(set) var highestEpoch: UInt64 = 0

    package init() {}

    package var count: Int { records.count }
    package var all: some Collection<SignedRecord> { records.values }

    package subscript(nodeID: NodeID) -> SignedRecord? { records[nodeID] }

    package mutating func merge(_ record: SignedRecord) -> Merged {
        let nodeID = record.nodeID
        if let name = banned[nodeID] {
            if name.isEmpty { banned[nodeID] = record.record.name }
            return .known
        }
        let previous = records[nodeID]
        if let previous {
            guard previous.version < record.version else { return .known }
            hash.toggle(nodeID, previous.version)
            withdrawClaim(of: previous)
        } else {
            members[TableHash.bucket(of: nodeID)].append(nodeID)
        }
        records[nodeID] = record
        hash.toggle(nodeID, record.version)
        if let claim = record.claim {
            claimants[claim.subnet, default: []].append(nodeID)
            highestEpoch = max(highestEpoch, claim.epoch)
        }
        return previous.map { .replaced($0) } ?? .added
    }

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

    /// Takes a record out again.
    @discardableResult
    package mutating func remove(_ nodeID: NodeID) -> SignedRecord? {
        guard let record = records.removeValue(forKey: nodeID) else { return nil }
        hash.toggle(nodeID, record.version)
        withdrawClaim(of: record)
        members[TableHash.bucket(of: nodeID)].removeAll { $0 == nodeID }
        return record
    }

    package func isBanned(_ nodeID: NodeID) -> Bool { banned[nodeID] != nil }

    private mutating func withdrawClaim(of record: SignedRecord) {
        guard let subnet = record.claim?.subnet else { return }
        claimants[subnet]?.removeAll { $0 == record.nodeID }
        if claimants[subnet]?.isEmpty == true { claimants[subnet] = nil }
    }

    /// The claim of a node that nobody has revoked.
    package func standingClaim(of nodeID: NodeID) -> Claimant? {
        guard let claimant = records[nodeID]?.record.claimant, !isRevoked(claimant) else { return nil }
        return claimant
    }

    package func isRevoked(_ claimant: Claimant) -> Bool {
        revocations[Revocation(nodeID: claimant.nodeID, claimEpoch: claimant.claim.epoch)] != nil
    }

    /// The standing claims on exactly this subnet. Subnets of one pool are equal or disjoint.
    package func claims(on subnet: IPv4Block) -> [Claimant] {
        (claimants[subnet] ?? []).compactMap { standingClaim(of: $0) }
    }

    /// Who owns a subnet: the claim that precedes all others on it, tentative ones aside. Everybody derives the same
    /// owner from the same table.
    package func owner(of subnet: IPv4Block) -> Claimant? {
        claims(on: subnet).filter { $0.claim.claimClass > .tentative }.max { $1.precedes($0).wins }
    }

    /// All subnets that somebody claims.
    package var claimedSubnets: some Collection<IPv4Block> { claimants.keys }

    /// What an exchange of tables compares: the versions in one bucket.
    package func entries(inBucket bucket: Int) -> [TableEntry] {
        guard members.indices.contains(bucket) else { return [] }
        let known = members[bucket].compactMap { records[$0].map { TableEntry.record($0.nodeID, $0.version) } }
        guard !revocations.isEmpty else { return known }
        return known
            + revocations.keys.filter { TableHash.bucket(of: $0.nodeID) == bucket }.map { TableEntry.revocation($0) }
    }
}

/// One line of a table's summary.
package enum TableEntry: Hashable, Sendable {
    case record(NodeID, RecordVersion)
    case revocation(Revocation)
}
