internal import LeaseLedger

/// What an action does to a state.
extension Explorer {
    /// - Returns: whether anything has changed.
    mutating func apply(_ action: Action, to world: inout World, _ incident: inout Incident) -> Bool {
        let index = Int(action.machine)
        let machine = world.machines[index]
        switch action.kind {
        case .record: return hear(action.argument, index, &world, &incident)
        case .revocation: return step(index, Stimulus(kind: .revocation, argument: action.argument), &world, &incident)
        case .acknowledged: return acknowledge(action, &world, &incident)
        case .commit: return commitNext(index, &world, &incident)
        case .deadline: return step(index, Stimulus(kind: .time), &world, &incident)
        case .hastyDeadline:
            world.budget.haste -= 1
            return step(index, Stimulus(kind: .time), &world, &incident)
        case .inheritance:
            loseUnheardWords(of: index, &world)
            return step(index, Stimulus(kind: .time), &world, &incident)
        case .synchronised: return step(index, Stimulus(kind: .synchronised), &world, &incident)
        case .seenAlive: return step(index, Stimulus(kind: .alive, argument: action.argument), &world, &incident)
        case .seenDead: return step(index, Stimulus(kind: .dead, argument: action.argument), &world, &incident)
        case .start, .startLow, .startCached: start(index, action.kind, &world, &incident)
        case .crash: crash(index, &world)
        case .restore:
            world.budget.restores -= 1
            world.machines[index].disk = action.argument
            if world.budget.restores == 0 { forgetPast(&world) }
        case .clone:
            world.budget.clones -= 1
            world.sharedIdentities |= 1 << UInt32(machine.identity)
            world.machines.append(Machine(identity: machine.identity, disk: machine.disk))
        case .revoke:
            world.budget.revocations -= 1
            return step(index, Stimulus(kind: .revoke, argument: action.argument), &world, &incident)
        case .forget:
            world.budget.forgets -= 1
            return step(index, Stimulus(kind: .forget, argument: action.argument), &world, &incident)
        case .release, .leave:
            world.budget.releases -= 1
            let kind: Stimulus.Kind = action.kind == .leave ? .leave : .release
            return step(index, Stimulus(kind: kind), &world, &incident)
        case .pin:
            world.budget.pins -= 1
            return step(index, Stimulus(kind: .pin, argument: action.argument), &world, &incident)
        case .drain:
            world.budget.drains -= 1
            return step(index, Stimulus(kind: .drain), &world, &incident)
        case .reclaim:
            world.budget.reclaims -= 1
            return step(index, Stimulus(kind: .time), &world, &incident)
        case .suspect:
            world.budget.suspicions -= 1
            return step(index, Stimulus(kind: .dead, argument: action.argument), &world, &incident)
        case .tenure:
            world.budget.tenures -= 1
            return step(index, Stimulus(kind: .time), &world, &incident)
        case .attach:
            world.budget.attachments -= 1
            return step(index, Stimulus(kind: .attach), &world, &incident)
        }
        return true
    }

    private mutating func step(
        _ index: Int, _ stimulus: Stimulus, _ world: inout World, _ incident: inout Incident
    ) -> Bool {
        let before = world.machines[index].process
        let outcome = processes.step(before, stimulus)
        guard
            outcome.process != before || !outcome.spoken.isEmpty || !outcome.commits.isEmpty
                || outcome.takesNewIdentity || !outcome.acknowledgements.isEmpty
        else { return false }
        take(outcome, index, &world, &incident)
        return true
    }

    private mutating func hear(
        _ record: UInt32, _ index: Int, _ world: inout World, _ incident: inout Incident
    ) -> Bool {
        let subject = cast.index(of: processes.vocabulary.record(record).nodeID)
        let isAlive = world.machines.contains { $0.isRunning && $0.identity == subject }
        var isNews = false
        if scenario.promptLiveness, isAlive, subject != world.machines[index].identity {
            isNews = step(index, Stimulus(kind: .alive, argument: UInt32(subject)), &world, &incident)
        }
        return step(index, Stimulus(kind: .record, argument: record), &world, &incident) || isNews
    }

    private mutating func take(_ outcome: Outcome, _ index: Int, _ world: inout World, _ incident: inout Incident) {
        incident.faults += outcome.faults
        incident.events += outcome.events.map { LeaseEventLine(machine: index, event: $0) }
        for yield in outcome.yields { note(yield, by: index, &world, &incident) }
        world.machines[index].process = outcome.process
        for revocation in outcome.revocations {
            world.revocations = lists.inserting(revocation, into: world.revocations)
        }
        for record in outcome.spoken { speak(record, index, &world, &incident) }
        if scenario.acknowledgements {
            for acknowledgement in outcome.acknowledgements {
                let packed = UInt32(acknowledgement.by) << 24 | acknowledgement.record
                world.acknowledgements = lists.inserting(packed, into: world.acknowledgements)
            }
        }
        for commit in outcome.commits {
            world.machines[index].pending = lists.appending(commit, to: world.machines[index].pending)
        }
        if outcome.takesNewIdentity { return takeNewIdentity(index, &world, &incident) }
        if !scenario.slowDisks, world.machines[index].pending != 0 { _ = commitNext(index, &world, &incident) }
    }

    private mutating func speak(_ record: UInt32, _ index: Int, _ world: inout World, _ incident: inout Incident) {
        let spoken = lists[world.spoken]
        if processes.vocabulary.rivals(of: record).contains(where: { spoken.contains($0) }) {
            incident.faults.append("a published version is repeated with different contents")
        }
        let onDisk = processes.vocabulary.disks[world.machines[index].disk].record?.claim
        if let claim = processes.vocabulary.record(record).claim, claim != onDisk {
            incident.faults.append("a claim is spoken that is not on the disk")
        }
        if scenario.lateDatagrams { world.spoken = lists.inserting(record, into: world.spoken) }
    }

    private mutating func commitNext(_ index: Int, _ world: inout World, _ incident: inout Incident) -> Bool {
        let pending = lists[world.machines[index].pending]
        guard let disk = pending.first else { return false }
        world.machines[index].pending = lists.number(of: Array(pending.dropFirst()))
        write(disk, index, &world)
        let outcome = processes.step(
            world.machines[index].process, Stimulus(kind: .committed, argument: disk))
        take(outcome, index, &world, &incident)
        return true
    }

    private mutating func write(_ disk: UInt32, _ index: Int, _ world: inout World) {
        if world.budget.restores > 0 {
            world.machines[index].past = lists.inserting(world.machines[index].disk, into: world.machines[index].past)
        }
        world.machines[index].disk = disk
    }

    private mutating func acknowledge(_ action: Action, _ world: inout World, _ incident: inout Incident) -> Bool {
        var waiting = lists[world.acknowledgements]
        let acknowledgement = waiting.remove(at: Int(action.argument))
        world.acknowledgements = lists.number(of: waiting)
        let index = Int(action.machine)
        // One of an older version arrives as such: the ledger is given the version that it names.
        let current = processes[world.machines[index].process].records.contains(acknowledgement & 0xFF_FFFF)
        guard current else { return true }
        _ = step(index, Stimulus(kind: .acknowledged, argument: acknowledgement >> 24), &world, &incident)
        return true
    }

    mutating func start(
        _ index: Int, _ kind: Action.Kind, _ world: inout World, _ incident: inout Incident
    ) {
        let machine = world.machines[index]
        var runNonce: UInt64 = 1_000
        if scenario.mutant != .sameRunNonce {
            let distance = UInt64(machine.starts) + UInt64(index) * 100 + 1
            runNonce = kind == .startLow ? runNonce - distance : runNonce + distance
        }
        let cached = kind == .startCached
        let start = Processes.Start(
            disk: machine.disk, runNonce: runNonce, peers: cached ? lists[machine.cachedRecords] : [],
            revocations: cached || scenario.revocationsFade ? lists[machine.cachedRevocations] : [])
        let outcome = processes.start(start)
        var disk = processes.vocabulary.disks[machine.disk]
        disk.reserved += Processes.reservation
        write(processes.vocabulary.disks.number(of: disk), index, &world)
        world.machines[index].starts += 1
        world.machines[index].cachedRecords = 0
        world.machines[index].cachedRevocations = 0
        take(outcome, index, &world, &incident)
    }

    private mutating func crash(_ index: Int, _ world: inout World) {
        world.budget.crashes -= 1
        if scenario.peerCache {
            let process = processes[world.machines[index].process]
            let own = cast.nodeIDs[Int(process.identity)]
            let others = process.records.filter { processes.vocabulary.record($0).nodeID != own }
            world.machines[index].cachedRecords = lists.number(of: others)
        }
        if scenario.peerCache || scenario.revocationsFade {
            let process = processes[world.machines[index].process]
            world.machines[index].cachedRevocations = lists.number(of: process.revocations)
        }
        world.machines[index].process = Machine.down
        world.machines[index].pending = 0
    }

    /// The daemon begins again, as a node that nobody knows yet, asking for the subnet it had.
    private mutating func takeNewIdentity(_ index: Int, _ world: inout World, _ incident: inout Incident) {
        incident.newIdentities += 1
        let machine = world.machines[index]
        let identity = machine.identity
        if !world.machines.indices.contains(where: { $0 != index && world.machines[$0].identity == identity }) {
            incident.faults.append("a node takes a new identity though no other machine ever had its own")
        }
        guard Int(world.nextIdentity) < cast.nodeIDs.count else {
            incident.faults.append("more new identities than clones")
            return crash(index, &world)
        }
        let hint = processes.vocabulary.disks[machine.disk].hint
        let fresh = Disk(identity: world.nextIdentity, record: nil, reserved: 0, hint: hint, creator: 0)
        world.machines[index] = Machine(
            identity: world.nextIdentity, starts: machine.starts,
            disk: processes.vocabulary.disks.number(of: fresh))
        world.nextIdentity += 1
        start(index, .start, &world, &incident)
    }

    private func forgetPast(_ world: inout World) {
        for index in world.machines.indices { world.machines[index].past = 0 }
    }
}
