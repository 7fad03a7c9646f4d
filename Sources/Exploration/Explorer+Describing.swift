internal import LeaseLedger

/// An event and where it happened.
struct LeaseEventLine {
    var machine: Int
    var event: LeaseEvent
}

/// Traces in words.
extension Explorer {
    func describe(_ action: Action, in world: World, _ incident: Incident) -> String {
        let index = Int(action.machine)
        let machine = world.machines[index]
        let who = name(index, machine)
        var line =
            switch action.kind {
            case .record: "\(who) hears \(describe(record: action.argument))"
            case .revocation: "\(who) hears the revocation of \(describe(revocation: action.argument))"
            case .acknowledged: "\(who) hears an acknowledgement"
            case .commit: "\(who)'s disk writes the next commit"
            case .deadline: "\(who) waits for its deadline"
            case .hastyDeadline: "\(who) waits for its deadline, and hears nothing"
            case .inheritance: "\(who) has waited with its inherited claim"
            case .synchronised: "\(who) is synchronised"
            case .seenAlive: "\(who) sees n\(action.argument + 1) alive"
            case .seenDead: "\(who) sees that n\(action.argument + 1) is dead"
            case .start: "\(who) starts"
            case .startLow: "\(who) starts with a low nonce"
            case .startCached: "\(who) starts, with its peers' records from the store"
            case .crash: "\(who) crashes"
            case .restore: "\(who)'s disk is replaced by an older copy: \(describe(disk: action.argument))"
            case .clone: "\(who)'s disk is cloned to m\(world.machines.count + 1)"
            case .revoke: "\(who) revokes \(describe(record: action.argument))"
            case .forget: "\(who) puts \(describe(record: action.argument)) out of sight"
            case .release: "\(who) gives its claim back"
            case .leave: "\(who) leaves for good"
            case .pin: "\(who) is pinned to s\(action.argument)"
            case .drain: "\(who) is drained"
            case .reclaim: "\(who) has waited for an absent owner for long enough"
            case .suspect: "\(who) takes n\(action.argument + 1) for dead"
            case .tenure: "\(who) holds its claim for longer"
            case .attach: "an endpoint attaches at \(who)"
            }
        for event in incident.events { line += "; m\(event.machine + 1): \(describe(event.event))" }
        for fault in incident.faults { line += "; FAULT \(fault)" }
        return line
    }

    func describe(_ world: World) -> [String] {
        world.machines.enumerated().map { index, machine in
            guard machine.isRunning else { return "= \(name(index, machine)) down, \(describe(disk: machine.disk))" }
            let process = processes[machine.process]
            let table = process.records.map { describe(record: $0) }.joined(separator: " | ")
            let own = describe(process.ledger.own)
            return "= \(name(index, machine)) \(process.ledger.phase), own \(own), knows \(table)"
        }
    }

    private func name(_ index: Int, _ machine: Machine) -> String {
        Int(machine.identity) == index ? "n\(index + 1)" : "m\(index + 1) (as n\(machine.identity + 1))"
    }

    private func describe(record number: UInt32) -> String { describe(processes.vocabulary.record(number).record) }

    private func describe(_ record: NodeRecord) -> String {
        let version = "n\(cast.index(of: record.nodeID) + 1)@\(record.version.sequence)/\(record.version.runNonce)"
        guard let claim = record.claim else { return "\(version) \(record.role)" }
        var tenure = claim.tenure > 0 ? " tenure \(claim.tenure)" : ""
        if let next = record.next { tenure += ", next s\(cast.slot(of: next.subnet)) e\(next.epoch)" }
        if let pin = record.pin { tenure += ", pin s\(cast.slot(of: pin))" }
        return "\(version) s\(cast.slot(of: claim.subnet)) \(claim.claimClass.label) e\(claim.epoch)\(tenure)"
    }

    private func describe(revocation number: UInt32) -> String {
        let revocation = processes.vocabulary.revocations[number].revocation
        return "n\(cast.index(of: revocation.nodeID) + 1) e\(revocation.claimEpoch)"
    }

    private func describe(disk number: UInt32) -> String {
        let disk = processes.vocabulary.disks[number]
        return "disk \(disk.record.map { describe($0.record) } ?? "empty") reserved \(disk.reserved)"
    }

    private func describe(_ event: LeaseEvent) -> String {
        switch event {
        case .lost(let subnet, let winner, let by):
            "lost s\(cast.slot(of: subnet)) to n\(cast.index(of: winner) + 1) by \(by.rawValue)"
        case .claimed(let subnet): "claims s\(cast.slot(of: subnet))"
        case .confirmed(let subnet): "confirmed s\(cast.slot(of: subnet))"
        case .isolated(let subnet): "holds s\(cast.slot(of: subnet)) alone"
        case .revoked(let subnet, _): "s\(cast.slot(of: subnet)) was revoked"
        case .adopted(let version): "adopts \(version.sequence)/\(version.runNonce)"
        case .exhausted: "exhausted"
        case .released: "released"
        case .moved(let from, let to): "moves from s\(cast.slot(of: from)) to s\(cast.slot(of: to))"
        case .waiting(let subnet, _): "waits for s\(cast.slot(of: subnet))"
        case .leaseAdded, .leaseChanged, .leaseRemoved, .leaseRevoked, .conflict, .addressChanged, .nameConflict:
            "(others)"
        }
    }
}
