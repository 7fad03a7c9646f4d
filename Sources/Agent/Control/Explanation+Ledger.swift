internal import Addressing
internal import ControlAPI
internal import LeaseLedger

extension Explanation {
    /// A ledger's explanation in words.
    init(
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
