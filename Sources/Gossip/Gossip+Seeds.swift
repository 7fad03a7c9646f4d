internal import Addressing
internal import LeaseLedger

/// Seeds are greeted for ever where no live member is known at their address: the other part of a cluster may be there,
/// and under the name another machine by now.
extension Gossip {
    /// The member that was found at a seed's address.
    struct SeedMember {
        let nodeID: NodeID
        /// When it welcomed us from there though its record names another address; `nil`: the record names this one.
        var welcomed: Instant?
    }

    /// For how long a seed that a live member has answered for is not greeted again.
    private static let seedAnswered = Duration.seconds(60)

    mutating func resolved(_ endpoints: [Endpoint], _ now: Instant) {
        // What was tried before there was anybody to greet does not count.
        if seeds.isEmpty { joining?.attempts = 0 }
        seeds = endpoints
        seedMembers = seedMembers.filter { endpoints.contains($0.key) }
        guard started else { return }
        if !endpoints.isEmpty, endpoints.allSatisfy({ $0 == configuration.own.endpoint }), members.isEmpty {
            // The only seed is this node: it is the first.
            if ledger == nil { settle(offer.settings, now) }
            return synchronised(now)
        }
        if joining != nil {
            joining?.nextAttempt = now
        } else if let seed = strangeSeed(now) {
            greetedSeed = seed
            sayHello(to: seed)
        }
    }

    /// A seed at whose address no live member is known.
    mutating func strangeSeed(_ now: Instant) -> Endpoint? {
        let own = configuration.own.endpoint
        return seeds.filter { $0 != own && !isLiveMember(at: $0, now) }.randomElement(using: &random)
    }

    private mutating func isLiveMember(at endpoint: Endpoint, _ now: Instant) -> Bool {
        if let known = seedMembers[endpoint], let member = members[known.nodeID], member.liveness.isLive {
            if member.endpoint == endpoint { return true }
            if let welcomed = known.welcomed, now - welcomed < Self.seedAnswered { return true }
        }
        let there = probeOrder.all.first { subject in
            members[subject].map { $0.endpoint == endpoint && $0.liveness.isLive } ?? false
        }
        guard let subject = there else { return false }
        seedMembers[endpoint] = SeedMember(nodeID: subject)
        return true
    }

    /// A member answers at a seed's address that is not its preferred one, and maybe from the preferred one.
    mutating func welcomedBySeed(_ sender: NodeID, at source: Endpoint, _ now: Instant) {
        guard let seed = seeds.contains(source) ? source : greetedSeed else { return }
        if seed == greetedSeed { greetedSeed = nil }
        seedMembers[seed] = SeedMember(nodeID: sender, welcomed: now)
    }
}
