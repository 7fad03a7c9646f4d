internal import LeaseLedger

/// What can happen in a state.
extension Explorer {
    func possibleActions(in world: World) -> [Action] {
        var actions: [Action] = []
        let records = deliverable(in: world)
        let revocations = deliverableRevocations(in: world)
        var runningIdentities: UInt32 = 0
        for machine in world.machines where machine.isRunning { runningIdentities |= 1 << UInt32(machine.identity) }
        for (index, machine) in world.machines.enumerated() {
            guard machine.isRunning else {
                idleActions(machine, index, world, &actions)
                continue
            }
            let process = processes[machine.process]
            for record in records where !process.records.contains(record) {
                actions.append(Action(.record, index, record))
            }
            for revocation in revocations where !process.revocations.contains(revocation) {
                actions.append(Action(.revocation, index, revocation))
            }
            if machine.pending != 0 { actions.append(Action(.commit, index)) }
            switch process.time {
            case .deadline:
                if hasHeardTheLiving(process, world) {
                    actions.append(Action(.deadline, index))
                } else if world.budget.haste > 0 {
                    actions.append(Action(.hastyDeadline, index))
                }
            case .inheritance:
                if hasHeardTheLiving(process, world) { actions.append(Action(.inheritance, index)) }
            case .nothing, .tenure, .reclaim: break
            }
            if case .listening = process.ledger.phase, process.known & ~(1 << UInt32(machine.identity)) != 0 {
                actions.append(Action(.synchronised, index))
            }
            let others = process.known & ~(1 << UInt32(machine.identity))
            for identity in bits(others & runningIdentities & ~process.live) {
                actions.append(Action(.seenAlive, index, identity))
            }
            for identity in bits(process.live & ~runningIdentities) {
                actions.append(Action(.seenDead, index, identity))
            }
            runningActions(machine, process, index, world, &actions)
        }
        for (index, acknowledgement) in lists[world.acknowledgements].enumerated() {
            let claimant = cast.index(of: processes.vocabulary.record(acknowledgement & 0xFF_FFFF).nodeID)
            for (number, machine) in world.machines.enumerated()
            where machine.isRunning && machine.identity == claimant {
                actions.append(Action(.acknowledged, number, UInt32(index)))
            }
        }
        return actions
    }

    /// What the world may do to a machine that is down.
    private func idleActions(_ machine: Machine, _ index: Int, _ world: World, _ actions: inout [Action]) {
        actions.append(Action(.start, index))
        if scenario.nonceOrders, machine.starts > 0 || index >= scenario.nodes {
            actions.append(Action(.startLow, index))
        }
        if scenario.peerCache, machine.cachedRecords != 0 || machine.cachedRevocations != 0 {
            actions.append(Action(.startCached, index))
        }
        guard world.budget.restores > 0 else { return }
        for disk in lists[machine.past] where disk != machine.disk { actions.append(Action(.restore, index, disk)) }
    }

    /// What the world may do to a running machine.
    private func runningActions(
        _ machine: Machine, _ process: Process, _ index: Int, _ world: World, _ actions: inout [Action]
    ) {
        let budget = world.budget
        if budget.crashes > 0 { actions.append(Action(.crash, index)) }
        if budget.clones > 0, processes.vocabulary.disks[machine.disk].record?.claim != nil {
            actions.append(Action(.clone, index))
        }
        if budget.tenures > 0, case .tenure = process.time { actions.append(Action(.tenure, index)) }
        if budget.reclaims > 0, case .reclaim = process.time { actions.append(Action(.reclaim, index)) }
        if budget.releases > 0, process.heldSlot != nil {
            actions += [Action(.release, index), Action(.leave, index)]
        }
        if budget.pins > 0 {
            for slot in 0..<UInt32(cast.pool.count) { actions.append(Action(.pin, index, slot)) }
        }
        if budget.drains > 0, process.heldSlot != nil { actions.append(Action(.drain, index)) }
        if budget.attachments > 0, process.heldSlot != nil { actions.append(Action(.attach, index)) }
        if budget.suspicions > 0 {
            for identity in bits(process.live) { actions.append(Action(.suspect, index, identity)) }
        }
        guard budget.revocations > 0 || budget.forgets > 0 else { return }
        for record in process.records {
            let owner = processes.vocabulary.record(record)
            guard cast.index(of: owner.nodeID) != machine.identity else { continue }
            if budget.revocations > 0, owner.claim != nil { actions.append(Action(.revoke, index, record)) }
            if budget.forgets > 0 { actions.append(Action(.forget, index, record)) }
        }
    }

    /// What two flooding times promise to a node that was restored or restarted: whatever a running node knows of it, and
    /// whatever the running nodes say of themselves, has arrived.
    private func hasHeardTheLiving(_ process: Process, _ world: World) -> Bool {
        let own = process.ledger.own.nodeID
        let table = process.ledger.table
        return world.machines.allSatisfy { machine in
            guard machine.isRunning else { return true }
            let other = processes[machine.process].ledger
            guard let theirs = other.table[other.own.nodeID] else { return true }
            let isKnown = table[theirs.nodeID].map { $0.version >= theirs.version } ?? false
            let knowsNoMore = other.table[own].map { $0.version <= table[own]?.version ?? $0.version } ?? true
            return isKnown && knowsNoMore
        }
    }

    /// The last words of earlier runs that nobody has heard by then are lost.
    mutating func loseUnheardWords(of index: Int, _ world: inout World) {
        let running = world.machines.filter(\.isRunning).map { processes[$0.process] }
        let own = processes[world.machines[index].process].ledger.own.nodeID
        let kept = lists[world.spoken].filter { number in
            processes.vocabulary.record(number).nodeID != own || running.contains { $0.records.contains(number) }
        }
        world.spoken = lists.number(of: kept)
    }

    /// The records that may arrive somewhere.
    func deliverable(in world: World) -> [UInt32] {
        if scenario.lateDatagrams { return lists[world.spoken] }
        var held: [UInt32] = []
        for machine in world.machines where machine.isRunning {
            for record in processes[machine.process].records where !held.contains(record) { held.append(record) }
        }
        return held
    }

    private func deliverableRevocations(in world: World) -> [UInt32] {
        let issued = lists[world.revocations]
        guard scenario.revocationsFade else { return issued }
        return issued.filter { revocation in
            world.machines.contains { $0.isRunning && processes[$0.process].revocations.contains(revocation) }
        }
    }

    /// Forgets what was spoken and can make no difference any more: everybody runs, will not crash, and knows better.
    mutating func forgetOldWords(_ world: inout World) {
        guard scenario.lateDatagrams, world.budget.crashes == 0, world.budget.clones == 0,
            world.machines.allSatisfy(\.isRunning)
        else { return }
        let spoken = lists[world.spoken]
        let kept = spoken.filter { number in
            let record = processes.vocabulary.record(number)
            return !world.machines.allSatisfy { machine in
                guard let known = processes[machine.process].ledger.table[record.nodeID] else { return false }
                return known.version > record.version
            }
        }
        if kept.count < spoken.count { world.spoken = lists.number(of: kept) }
    }

    private func bits(_ set: UInt32) -> [UInt32] { (0..<UInt32(cast.nodeIDs.count)).filter { set & 1 << $0 != 0 } }
}
