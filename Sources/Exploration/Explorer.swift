internal import LeaseLedger

/// Breadth-first search of everything that can happen in a scenario, over the real ledger.
///
/// Gossip is whatever the worst network does: any spoken record, of now or of long ago, reaches anybody at any moment,
/// again and again or never. Time passes for each node on its own, as far as it likes: the join's time-out and the
/// confirmation come at any moment, so that what acknowledgements permit is a part of what is searched.
struct Explorer {
    let scenario: Scenario
    let cast: Cast
    var processes: Processes
    var lists = ListInterner()

    private var visited = VisitedTable()
    /// How each state was first reached.
    private var parents: [UInt32] = []
    private var actions: [UInt64] = []
    var progress = Progress()
    var result: SearchResult

    package init(_ scenario: Scenario) throws {
        self.scenario = scenario
        cast = try Cast(identities: scenario.nodes + scenario.clones + 1, subnets: scenario.subnets)
        processes = Processes(
            cast: cast, mutant: scenario.mutant,
            observers: Set(UInt8(scenario.nodes - scenario.observers)..<UInt8(scenario.nodes)),
            reclaims: scenario.reclaims > 0)
        result = SearchResult(scenario: scenario)
    }

    /// Searches until everything is seen, the first fault is found (of each kind the shortest trace), or the limit.
    mutating func search() -> SearchResult {
        let first = firstWorld()
        _ = visited.insert(first.digest)
        parents.append(0)
        actions.append(0)
        var level = [(first, UInt32(0))]
        while !level.isEmpty, result.states < scenario.mostStates {
            var next: [(World, UInt32)] = []
            for (world, number) in level {
                expand(world, number, into: &next)
                if visited.count >= scenario.mostStates { break }
            }
            result.depth += 1
            result.states = visited.count
            if visited.count >= scenario.mostStates {
                result.isComplete = false
                break
            }
            level = next
        }
        result.states = visited.count
        result.processes = processes.count
        result.steps = processes.stepCount
        if result.isComplete {
            judgeProgress()
        } else {
            result.deepest = trace(to: UInt32(parents.count - 1), then: nil)
        }
        return result
    }

    private mutating func expand(_ world: World, _ number: UInt32, into next: inout [(World, UInt32)]) {
        progress.begin()
        var hasFairStep = false
        for action in possibleActions(in: world) {
            var after = world
            var incident = Incident()
            guard apply(action, to: &after, &incident) else { continue }
            forgetOldWords(&after)
            hasFairStep = hasFairStep || action.isFair
            let (reached, isNew) = visited.insert(after.digest)
            result.transitions += 1
            if isNew {
                parents.append(number)
                actions.append(action.packed)
                next.append((after, reached))
            }
            if action.isFair { progress.edge(to: reached) }
            if incident.unnecessaryYields > 0 {
                result.unnecessaryYields += incident.unnecessaryYields
                if result.firstUnnecessaryYield == nil {
                    result.firstUnnecessaryYield = trace(to: number, then: action)
                }
            }
            result.yields += incident.yields
            result.newIdentities += incident.newIdentities
            for fault in incident.faults { report(fault, trace: { $0.trace(to: number, then: action) }) }
        }
        if !hasFairStep {
            result.quiescentStates += 1
            for fault in faultsAtRest(in: world) { report(fault, trace: { $0.trace(to: number, then: nil) }) }
        }
    }

    private mutating func report(_ fault: String, trace: (inout Explorer) -> [String]) {
        result.faults[fault, default: 0] += 1
        if result.counterexamples[fault] == nil { result.counterexamples[fault] = trace(&self) }
    }

    private mutating func judgeProgress() {
        switch progress.longestPath() {
        case .longest(let steps): result.longestWayToRest = steps
        case .cycle(let number):
            report("progress: deliveries alone go round in a circle", trace: { $0.trace(to: number, then: nil) })
        }
    }

    private mutating func firstWorld() -> World {
        var machines: [Machine] = []
        for index in 0..<UInt8(scenario.nodes) {
            let disk = processes.vocabulary.disks.number(
                of: Disk(identity: index, record: nil, reserved: 0, hint: nil, creator: 0))
            machines.append(Machine(identity: index, disk: disk))
        }
        let budget = World.Budget(
            crashes: UInt8(scenario.crashes), restores: UInt8(scenario.restores), clones: UInt8(scenario.clones),
            revocations: UInt8(scenario.revocations), releases: UInt8(scenario.releases),
            forgets: UInt8(scenario.forgets), pins: UInt8(scenario.pins), drains: UInt8(scenario.drains),
            reclaims: UInt8(scenario.reclaims), suspicions: UInt8(scenario.suspicions),
            tenures: UInt8(scenario.tenures),
            attachments: UInt8(scenario.attachments), haste: UInt8(scenario.haste))
        var world = World(machines: machines, nextIdentity: UInt8(scenario.nodes), budget: budget)
        var incident = Incident()
        if scenario.startTogether {
            for index in machines.indices { start(index, .start, &world, &incident) }
        }
        return world
    }

    /// The shortest way to a state, and one step more, in words.
    mutating func trace(to number: UInt32, then last: Action?) -> [String] {
        var path: [Action] = last.map { [$0] } ?? []
        var at = number
        while at != 0 {
            if let action = Action(packed: actions[Int(at)]) { path.append(action) }
            at = parents[Int(at)]
        }
        var world = firstWorld()
        var lines: [String] = []
        for action in path.reversed() {
            let before = world
            var incident = Incident()
            _ = apply(action, to: &world, &incident)
            forgetOldWords(&world)
            lines.append(describe(action, in: before, incident))
        }
        return lines + describe(world)
    }
}
