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
    /// Those that may still matter; see `isSuperseded`.
    package private(set) var revocations: [Revocation: SignedRevocation] = [:]
    private var revokedEpochs: [NodeID: Set<UInt64>] = [:]
    package private(set) var hash = TableHash()
    /// The highest claim epoch in any record, absurd jumps aside.
    package private(set) var highestEpoch: UInt64 = 0

    /// A claim with an epoch beyond this many others is merged as any other, but moves nobody's clock: it gains its
    /// claimant nothing, since the lower epoch precedes, and leaves the others room to count.
    static let longestJump: UInt64 = 1 << 24

    package init() {}

    package var count: Int { records.count }
    package var all: some Collection<SignedRecord> { records.values }

    package subscript(nodeID: NodeID) -> SignedRecord? { records[nodeID] }

    package mutating func merge(_ record: SignedRecord) -> Merged {
        let nodeID = record.nodeID
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
        for claimant in record.record.claimants {
            claimants[claimant.claim.subnet, default: []].append(nodeID)
            if claimant.claim.epoch <= highestEpoch + Self.longestJump {
                highestEpoch = max(highestEpoch, claimant.claim.epoch)
            }
        }
        prune(nodeID)
        return previous.map { .replaced($0) } ?? .added
    }

    /// - Returns: whether it was news that matters.
    package mutating func merge(_ revocation: SignedRevocation) -> Bool {
        let key = revocation.revocation
        guard revocations[key] == nil, !isSuperseded(key) else { return false }
        revocations[key] = revocation
        revokedEpochs[key.nodeID, default: []].insert(key.claimEpoch)
        hash.toggle(key)
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
        records[revocation.nodeID].map { Self.supersedes($0.record, revocation) } ?? false
    }

    private static func supersedes(_ record: NodeRecord, _ revocation: Revocation) -> Bool {
        record.version.sequence / LeaseLedger.leap > revocation.claimEpoch
            && !record.claimants.contains { $0.claim.epoch == revocation.claimEpoch }
    }

    private mutating func prune(_ nodeID: NodeID) {
        for epoch in revokedEpochs[nodeID] ?? [] {
            let revocation = Revocation(nodeID: nodeID, claimEpoch: epoch)
            guard isSuperseded(revocation) else { continue }
            revocations[revocation] = nil
            hash.toggle(revocation)
            revokedEpochs[nodeID]?.remove(epoch)
            if revokedEpochs[nodeID]?.isEmpty == true { revokedEpochs[nodeID] = nil }
        }
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
        records[nodeID].map { $0.claim?.epoch ?? $0.version.sequence / LeaseLedger.leap }
    }

    private mutating func withdrawClaim(of record: SignedRecord) {
        for claimant in record.record.claimants {
            let subnet = claimant.claim.subnet
            claimants[subnet]?.removeAll { $0 == record.nodeID }
            if claimants[subnet]?.isEmpty == true { claimants[subnet] = nil }
        }
    }

    /// The present claim of a node, unless it is revoked.
    package func standingClaim(of nodeID: NodeID) -> Claimant? {
        guard let claimant = records[nodeID]?.record.claimant, !isRevoked(claimant) else { return nil }
        return claimant
    }

    package func isRevoked(_ claimant: Claimant) -> Bool {
        revocations[Revocation(nodeID: claimant.nodeID, claimEpoch: claimant.claim.epoch)] != nil
    }

    /// The standing claims on exactly this subnet, those of nodes that prepare to move there included. Subnets of one pool
    /// are equal or disjoint.
    package func claims(on subnet: IPv4Block) -> [Claimant] {
        (claimants[subnet] ?? []).compactMap { nodeID in
            guard let claimant = records[nodeID]?.record.claimant(on: subnet), !isRevoked(claimant) else { return nil }
            return claimant
        }
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
