internal import LeaseLedger

/// What must hold.
extension Explorer {
    /// S2 and S3, and whether the yield was needed: whether, seen from above, anything preceded.
    mutating func note(_ yield: Yield, by index: Int, _ world: inout World, _ incident: inout Incident) {
        incident.yields += 1
        var pairs = lists[world.yields]
        // The claim of two machines that live under one identity may do two things at once; that ends with the identity.
        let isTwins = world.sharedIdentities & (bit(of: yield.loser) | bit(of: yield.winner)) != 0
        if !isTwins, yield.loser.claim.claimClass >= .confirmed, yield.winner.claim.claimClass == .tentative {
            incident.faults.append("S2: a \(yield.loser.claim.claimClass.label) claim yields to a tentative one")
        }
        // A claim that was revoked ends whatever else happens.
        let isRevoked = lists[world.revocations].contains {
            let revocation = processes.vocabulary.revocations[$0].revocation
            return revocation.nodeID == yield.loser.nodeID && revocation.claimEpoch == yield.loser.claim.epoch
        }
        if !isTwins, !isRevoked, pairs.contains(yield.winnerKey << 16 | yield.loserKey) {
            incident.faults.append("S3: of two conflicting claims both have yielded to each other")
        }
        let pair = yield.loserKey << 16 | yield.winnerKey
        if !pairs.contains(pair) {
            pairs.append(pair)
            world.yields = lists.number(of: pairs.sorted())
        }
        if !isPreceded(yield.loser, in: world, asideFrom: index) { incident.unnecessaryYields += 1 }
    }

    private func bit(of claimant: Claimant) -> UInt32 { 1 << UInt32(cast.index(of: claimant.nodeID)) }

    /// Whether any claim that its owner stands by, running or down, precedes this one. Of an identity that no machine
    /// has any more, its last word counts.
    private func isPreceded(_ claimant: Claimant, in world: World, asideFrom index: Int) -> Bool {
        var present: UInt32 = 0
        for (number, machine) in world.machines.enumerated() {
            present |= 1 << UInt32(machine.identity)
            guard number != index else { continue }
            let record =
                machine.isRunning
                ? processes[machine.process].ledger.own : processes.vocabulary.disks[machine.disk].record?.record
            if record?.claimants.contains(where: { precedes($0, claimant) }) ?? false { return true }
        }
        var last: [NodeID: SignedRecord] = [:]
        for number in deliverable(in: world) {
            let record = processes.vocabulary.record(number)
            guard present & 1 << UInt32(cast.index(of: record.nodeID)) == 0 else { continue }
            if let known = last[record.nodeID], known.version > record.version { continue }
            last[record.nodeID] = record
        }
        return last.values.contains { $0.record.claimants.contains { precedes($0, claimant) } }
    }

    private func precedes(_ standing: Claimant, _ claimant: Claimant) -> Bool {
        standing.nodeID != claimant.nodeID && standing.claim.subnet == claimant.claim.subnet
            && standing.precedes(claimant).wins
    }

    /// Where nothing is bound to happen any more.
    func faultsAtRest(in world: World) -> [String] {
        var faults: [String] = []
        let running = world.machines.filter(\.isRunning).map { processes[$0.process] }
        // What only a node that is down knows comes when that is back.
        let issued = lists[world.revocations]
        let awaited = !scenario.revocationsFade ? [] : world.machines.flatMap { lists[$0.cachedRevocations] }
        for (place, one) in running.enumerated() {
            for other in running[(place + 1)...] {
                if let slot = one.heldSlot, slot == other.heldSlot {
                    faults.append("S1: two running nodes hold one subnet at rest")
                }
                if owners(one) != owners(other) { faults.append("S1: two nodes derive different owners at rest") }
                if one.ledger.table.hash != other.ledger.table.hash { faults.append("two tables differ at rest") }
                if one.identity == other.identity { faults.append("two machines keep one identity at rest") }
            }
            let own = one.ledger.own
            if one.heldSlot == nil, !own.role.wantsNone, hasFreeSlot(one) {
                faults.append("L1: a node has no subnet at rest though one is free")
            }
            if own.role.wantsNone, own.claim != nil { faults.append("a node that wants no subnet has one at rest") }
            if own.next != nil { faults.append("a move is not done at rest") }
            if let pin = own.pin, !own.role.wantsNone, one.heldSlot != cast.slot(of: pin),
                one.ledger.table.claims(on: pin).isEmpty
            {
                faults.append("a pinned subnet lies free at rest, and its node holds another")
            }
            if let held = one.ledger.heldClaim,
                issued.contains(where: { !awaited.contains($0) && names($0, held, one) })
            {
                faults.append("a revoked claim stands at rest")
            }
        }
        return faults
    }

    private func names(_ revocation: UInt32, _ held: Claim, _ process: Process) -> Bool {
        processes.vocabulary.revocations[revocation].revocation
            == Revocation(nodeID: process.ledger.own.nodeID, claimEpoch: held.epoch)
    }

    private func owners(_ process: Process) -> [NodeID?] {
        (0..<cast.pool.count).map { slot in
            cast.pool.subnet(at: slot).flatMap { process.ledger.table.owner(of: $0)?.nodeID }
        }
    }

    private func hasFreeSlot(_ process: Process) -> Bool {
        (0..<cast.pool.count).contains { slot in
            cast.pool.subnet(at: slot).map { process.ledger.table.claims(on: $0).isEmpty } ?? false
        }
    }
}
