package import Addressing

/// Why a subnet is whose it is: the claims on it in the order of precedence, and its place among the owner's preferences.
package struct LeaseExplanation: Sendable {
    package struct ComparedClaim: Sendable {
        package var claimant: Claimant
        package var isRevoked: Bool
        /// By what the owner precedes it; `nil` for the owner, and for one that is out of the comparison.
        package var lostBy: Claimant.Component?
    }

    package struct Preferred: Sendable {
        package var subnet: IPv4Block
        /// `nil`: nobody claims it now.
        package var holder: NodeID?
    }

    package var subnet: IPv4Block?
    /// Whose preferences are told.
    package var subject: NodeID?
    /// The owner's first, the revoked ones last.
    package var claims: [ComparedClaim] = []
    package var owner: Claimant?
    /// From 1.
    package var preference: Int?
    package var preferred: [Preferred] = []

    static let mostPreferred = 16

    /// - Parameters:
    ///   - subnet: `nil`: what `subject` holds or is after.
    ///   - subject: `nil`: the subnet's owner.
    package init(_ table: RecordTable, clusterID: UInt64, pool: SubnetPool, subnet: IPv4Block?, subject: NodeID?) {
        self.subnet = subnet ?? subject.flatMap { table[$0]?.claim?.subnet }
        if let subnet = self.subnet {
            owner = table.owner(of: subnet)
            let all = table.all.compactMap { $0.record.claimant(on: subnet) }
            claims = all.map { claimant in
                let isRevoked = table.isRevoked(claimant)
                let lost = owner.flatMap { isRevoked || $0 == claimant ? nil : $0.precedes(claimant).by }
                return ComparedClaim(claimant: claimant, isRevoked: isRevoked, lostBy: lost)
            }.sorted { left, right in
                if left.isRevoked != right.isRevoked { return right.isRevoked }
                return left.claimant.precedes(right.claimant).wins
            }
        }
        self.subject = subject ?? owner?.nodeID
        guard let subject = self.subject else { return }
        let order = Preference(clusterID: clusterID, nodeID: subject).order(in: pool)
        let place = self.subnet.flatMap { order.firstIndex(of: $0) }
        preference = place.map { $0 + 1 }
        preferred = order.prefix(min(place ?? order.count, Self.mostPreferred)).map { subnet in
            Preferred(subnet: subnet, holder: table.claims(on: subnet).first { $0.nodeID != subject }?.nodeID)
        }
    }
}

extension Preference {
    /// All of the pool, the most wanted first.
    package func order(in pool: SubnetPool) -> [IPv4Block] {
        (0..<pool.count).sorted { weight(ofSlot: $0) > weight(ofSlot: $1) }.compactMap { pool.subnet(at: $0) }
    }
}
