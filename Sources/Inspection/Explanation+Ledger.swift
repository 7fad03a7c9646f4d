internal import Addressing
package import ControlAPI
package import LeaseLedger

extension Explanation {
    /// Why the lease that is meant is whose it is.
    /// - Parameter node: finds a node by what a person calls it.
    /// - Throws: badRequest, notFound, and what `node` does.
    package init(
        _ selection: LeaseSelection, in table: RecordTable, pool: SubnetPool, clusterID: UInt64,
        node: (String) throws -> NodeID, party: (NodeID) -> EventInfo.Party, liveness: (NodeID) -> Liveness
    ) throws {
        var subnet: IPv4Block?
        var subject: NodeID?
        switch (selection.subnet, selection.node, selection.address) {
        case (let text?, nil, nil):
            do {
                subnet = try IPv4Block(parsing: text)
            } catch {
                throw ControlError(.badRequest, error.description)
            }
        case (nil, let text?, nil): subject = try node(text)
        case (nil, nil, let text?):
            let address = try? IPv4Address(parsing: text)
            subnet = (0..<pool.count).lazy.compactMap { pool.subnet(at: $0) }.first { block in
                address.map { block.contains($0) } ?? false
            }
        default: throw ControlError(.badRequest, "give exactly one of subnet, node and address")
        }
        if subject == nil, subnet.map({ pool.slot(of: $0) == nil }) ?? true {
            throw ControlError(.notFound, "that is none of the cluster's subnets; see `leasectl list`")
        }
        let explanation = LeaseExplanation(table, clusterID: clusterID, pool: pool, subnet: subnet, subject: subject)
        self.init(
            explanation, poolCount: pool.count, pin: explanation.subject.flatMap { table[$0]?.record.pin },
            party: party, liveness: liveness)
    }

    /// A ledger's explanation in words.
    private init(
        _ explanation: LeaseExplanation, poolCount: Int, pin: IPv4Block?, party: (NodeID) -> EventInfo.Party,
        liveness: (NodeID) -> Liveness
    ) {
        let claims = explanation.claims.map { compared in
            let (claimant, who) = (compared.claimant, party(compared.claimant.nodeID))
            return Claim(
                node: who.node, nodeID: who.nodeID,
                leaseClass: LeaseClass(rawValue: claimant.claim.claimClass.label), tenure: claimant.claim.tenure,
                claimEpoch: claimant.claim.epoch, liveness: liveness(claimant.nodeID),
                owns: claimant == explanation.owner, lostBy: compared.lostBy?.rawValue, revoked: compared.isRevoked)
        }
        let subject = explanation.subject.map(party)
        self.init(
            subnet: explanation.subnet?.description, node: subject?.node, nodeID: subject?.nodeID,
            pin: pin?.description, claims: claims, preference: explanation.preference, preferenceCount: poolCount,
            preferred: explanation.preferred.map {
                Preferred(subnet: $0.subnet.description, heldBy: $0.holder.map(party))
            },
            message: Self.message(explanation, subject, pin))
    }

    private static func message(
        _ explanation: LeaseExplanation, _ subject: EventInfo.Party?, _ pin: IPv4Block?
    ) -> String {
        let node = subject.map { quoted($0.node) } ?? "nobody"
        guard let subnet = explanation.subnet else { return "\(node) holds no subnet and is after none" }
        guard let owner = explanation.owner else {
            return explanation.claims.isEmpty ? "\(subnet) is free" : "\(subnet) is claimed, and held by nobody yet"
        }
        guard owner.nodeID == explanation.subject else {
            let by = explanation.claims.first { $0.claimant.nodeID == explanation.subject }?.lostBy
            return "\(node) does not hold \(subnet): the owner's claim precedes by \(by?.rawValue ?? "being there")"
        }
        let rivals = explanation.claims.filter { !$0.isRevoked && $0.claimant != owner }
        if let rival = rivals.first, let by = rival.lostBy {
            return "\(node) holds \(subnet): its claim precedes \(rivals.count) other by \(by.rawValue)"
        }
        if pin == subnet { return "\(node) holds \(subnet) because its operator wants so" }
        guard let place = explanation.preference else { return "\(node) holds \(subnet)" }
        return place == 1
            ? "\(node) holds \(subnet), which it prefers to all others"
            : "\(node) holds \(subnet), number \(place) of its preferences: those before were taken when it claimed, or it "
                + "had this one before"
    }
}
