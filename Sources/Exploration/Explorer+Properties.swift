internal import LeaseLedger

/// What must hold.
extension Explorer {
    /// S3, and whether the yield was needed: whether, seen from above, anything preceded.
    mutating func note(_ yield: Yield, by index: Int, _ world: inout World, _ incident: inout Incident) {
        incident.yields += 1
        let loser = cast.key(of: yield.loser)
        let winner = cast.key(of: yield.winner)
        var pairs = lists[world.yields]
        if pairs.contains(where: { pairLoser($0) == (winner, loser) }) {
            incident.faults.append("S3: of two conflicting claims both have yielded to each other")
        }
        let packed = pack(loser, winner)
        if !pairs.contains(packed) {
            pairs.append(packed)
            world.yields = lists.number(of: pairs.sorted())
        }
        if !isPreceded(yield.loser, in: world, asideFrom: index) { incident.unnecessaryYields += 1 }
    }

    /// Two claims in 32 bits: 3 bits of identity, 3 of slot and 10 of epoch each.
    private func pack(_ loser: UInt32, _ winner: UInt32) -> UInt32 { squeeze(loser) << 16 | squeeze(winner) }

    private func squeeze(_ key: UInt32) -> UInt32 {
        (key >> 24 & 7) << 13 | (key >> 16 & 7) << 10 | (key & 0x3FF)
    }

    private func pairLoser(_ packed: UInt32) -> (UInt32, UInt32) {
        let widen = { (half: UInt32) in (half >> 13 & 7) << 24 | (half >> 10 & 7) << 16 | half & 0x3FF }
        return (widen(packed >> 16), widen(packed & 0xFFFF))
    }

    /// Whether any claim that its owner stands by, running or down, precedes this one. Of an identity that no machine
    /// has any more, its last word counts.
    private func isPreceded(_ claimant: Claimant, in world: World, asideFrom index: Int) -> Bool {
        var present: UInt32 = 0
        for (number, machine) in world.machines.enumerated() {
            present |= 1 << UInt32(machine.identity)
            guard number != index else { continue }
            let standing =
                machine.isRunning
                ? processes[machine.process].ledger.own.claimant
                : processes.vocabulary.disks[machine.disk].record?.record.claimant
            if let standing, precedes(standing, claimant) { return true }
        }
        var last: [NodeID: SignedRecord] = [:]
        for number in deliverable(in: world) {
            let record = processes.vocabulary.record(number)
            guard present & 1 << UInt32(cast.index(of: record.nodeID)) == 0 else { continue }
            if let known = last[record.nodeID], known.version > record.version { continue }
            last[record.nodeID] = record
        }
        return last.values.contains { $0.record.claimant.map { precedes($0, claimant) } ?? false }
    }

    private func precedes(_ standing: Claimant, _ claimant: Claimant) -> Bool {
        standing.nodeID != claimant.nodeID && standing.claim.subnet == claimant.claim.subnet
            && standing.precedes(claimant).wins
    }

    /// Where nothing is bound to happen any more.
    func faultsAtRest(in world: World) -> [String] {
        var faults: [String] = []
        let running = world.machines.filter(\.isRunning).map { processes[$0.process] }
        for (place, one) in running.enumerated() {
            for other in running[(place + 1)...] {
                if let slot = one.heldSlot, slot == other.heldSlot {
                    faults.append("S1: two running nodes hold one subnet at rest")
                }
                if owners(one) != owners(other) { faults.append("S1: two nodes derive different owners at rest") }
                if one.identity == other.identity { faults.append("two machines keep one identity at rest") }
            }
            if one.heldSlot == nil, one.ledger.own.role != .departed, hasFreeSlot(one) {
                faults.append("L1: a node has no subnet at rest though one is free")
            }
            if let held = one.ledger.heldClaim, lists[world.revocations].contains(where: { names($0, held, one) }) {
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
