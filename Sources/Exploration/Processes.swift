internal import Addressing
internal import LeaseLedger

/// All processes met so far, and their steps: the real ledger runs once for each different pair of process and
/// stimulus, and the answer is remembered.
struct Processes {
    let cast: Cast
    let mutant: Mutant?
    let observers: Set<UInt8>
    let reclaims: Bool
    var vocabulary = Vocabulary()
    private var numbers: [[UInt64]: UInt32] = [:]
    private var all: [Process] = []
    private var steps: [UInt64: Outcome] = [:]
    private var starts: [Start: Outcome] = [:]

    struct Start: Hashable {
        var disk: UInt32
        var runNonce: UInt64
        var peers: [UInt32]
        var revocations: [UInt32]
    }

    init(cast: Cast, mutant: Mutant?, observers: Set<UInt8>, reclaims: Bool) {
        self.cast = cast
        self.mutant = mutant
        self.observers = observers
        self.reclaims = reclaims
    }

    subscript(number: UInt32) -> Process { all[Int(number)] }
    var count: Int { all.count }
    var stepCount: Int { steps.count }

    /// A daemon's start: the reservation is renewed on the disk (the caller does that), peers come from the cache.
    mutating func start(_ start: Start) -> Outcome {
        if let known = starts[start] { return known }
        let disk = vocabulary.disks[start.disk]
        var own = disk.record?.record ?? cast.firstRecord(disk.identity)
        own.version.sequence = disk.reserved
        let ledger = LeaseLedger(
            identity: cast.identity(disk.identity, runNonce: start.runNonce), pool: cast.pool, own: own,
            reserved: disk.reserved + Self.reservation, hint: disk.hint,
            isObserver: observers.contains(disk.identity), reclaimAfter: reclaims ? .seconds(60) : nil)
        var process = Process(ledger: ledger, now: Self.epoch, identity: disk.identity, creator: disk.creator)
        for number in start.revocations {
            _ = process.ledger.handle(.revocation(vocabulary.revocations[number]), at: process.now)
        }
        for number in start.peers { _ = process.ledger.handle(.record(vocabulary.record(number)), at: process.now) }
        let outcome = run(process, .start(peersExpected: true, joinTimeout: .seconds(3)))
        starts[start] = outcome
        return outcome
    }

    /// How many numbers a daemon's start reserves.
    static let reservation: UInt64 = 1 << 16
    private static let epoch = Instant(nanoseconds: 1 << 60)

    mutating func step(_ number: UInt32, _ stimulus: Stimulus) -> Outcome {
        let key = UInt64(number) << 32 | UInt64(stimulus.kind.rawValue) << 24 | UInt64(stimulus.argument)
        if let known = steps[key] { return known }
        var process = all[Int(number)]
        let outcome: Outcome
        if let input = input(of: stimulus, to: &process) {
            outcome = run(process, input)
        } else {
            outcome = Outcome(process: number)
        }
        steps[key] = outcome
        return outcome
    }

    private mutating func input(of stimulus: Stimulus, to process: inout Process) -> LedgerInput? {
        let nodeID = cast.nodeIDs[Int(stimulus.argument) % cast.nodeIDs.count]
        switch stimulus.kind {
        case .record:
            let record = vocabulary.record(stimulus.argument)
            let isOwn = record.nodeID == cast.nodeIDs[Int(process.identity)]
            if isOwn, mutant == .deafToOwnRecords { return nil }
            return .record(mutant == .symmetricTie ? seenAsPreceding(record, by: process) : record)
        case .revocation:
            let revocation = vocabulary.revocations[stimulus.argument]
            let isOwn = revocation.revocation.nodeID == cast.nodeIDs[Int(process.identity)]
            return isOwn && mutant == .deafToRevocations ? nil : .revocation(revocation)
        case .acknowledged:
            let version = process.ledger.table[process.ledger.own.nodeID]?.version
            return version.map { .acknowledged(by: nodeID, $0) }
        case .alive: return .liveness(nodeID, isLive: true)
        case .dead: return .liveness(nodeID, isLive: false)
        case .committed: return vocabulary.disks[stimulus.argument].record.map { .committed($0.version) }
        case .time:
            guard let deadline = process.ledger.nextDeadline else { return nil }
            process.now = max(process.now, deadline)
            return .tick
        case .synchronised: return .synchronised
        case .attach: return .endpointAttached
        case .release: return .order(.release)
        case .leave: return .order(.leave)
        case .drain: return .order(.drain)
        case .pin: return cast.pool.subnet(at: Int(stimulus.argument)).map { .order(.pin($0)) }
        case .revoke: return .revoke(vocabulary.record(stimulus.argument).nodeID, forget: false)
        case .forget: return .revoke(vocabulary.record(stimulus.argument).nodeID, forget: true)
        }
    }

    /// hnetd's tie: what compares as equal is taken for the other's victory.
    private mutating func seenAsPreceding(_ record: SignedRecord, by process: Process) -> SignedRecord {
        guard let mine = process.ledger.own.claim, let theirs = record.claim, mine.subnet == theirs.subnet,
            mine.claimClass == theirs.claimClass, mine.tenure == theirs.tenure,
            mine.claimClass < .confirmed || mine.epoch == theirs.epoch
        else { return record }
        var seen = record.record
        seen.claim?.tenure += 1
        let altered = cast.signed(seen)
        vocabulary.creators[vocabulary.number(of: altered)] = vocabulary.creators[vocabulary.number(of: record)]
        return altered
    }

    /// Either half of `RecordTable.isSuperseded`.
    private func dropEarly(in table: inout RecordTable) {
        guard mutant == .revocationsDroppedEarly || mutant == .revocationsDroppedByOldRecords else { return }
        for revocation in table.revocations.keys {
            guard let record = table[revocation.nodeID] else { continue }
            let isLater = record.version.sequence / LeaseLedger.leap > revocation.claimEpoch
            let lacksTheClaim = !record.record.claimants.contains { $0.claim.epoch == revocation.claimEpoch }
            if mutant == .revocationsDroppedEarly ? isLater : lacksTheClaim { table.drop(revocation) }
        }
    }

    private mutating func run(_ before: Process, _ input: LedgerInput) -> Outcome {
        var after = before
        var outcome = Outcome()
        let effects = after.ledger.handle(input, at: after.now)
        dropEarly(in: &after.ledger.table)
        after.creator = creator(before, after, input, effects)
        for effect in effects {
            switch effect {
            case .commit(let commit):
                let disk = Disk(
                    identity: before.identity, record: commit.record, reserved: commit.reserved, hint: commit.hint,
                    creator: after.creator)
                vocabulary.creators[vocabulary.number(of: commit.record)] = after.creator
                outcome.commits.append(vocabulary.disks.number(of: disk))
                if mutant == .spokenBeforeDurable { outcome.spoken.append(vocabulary.number(of: commit.record)) }
            case .announce(let record):
                let number = vocabulary.number(of: record)
                if vocabulary.creators[number] == nil { vocabulary.creators[number] = after.creator }
                outcome.spoken.append(number)
            case .acknowledge(let nodeID, let version):
                if let record = after.ledger.table[nodeID], record.version == version {
                    outcome.acknowledgements.append(
                        Acknowledgement(by: before.identity, record: vocabulary.number(of: record)))
                }
            case .revoke(let revocation):
                outcome.revocations.append(vocabulary.revocations.number(of: revocation))
            case .takeNewIdentity: outcome.takesNewIdentity = true
            case .event(let event):
                outcome.events.append(event)
                if case .lost(let subnet, let winner, _) = event {
                    note(loss: subnet, to: winner, before, after, input, &outcome)
                }
            case .peerChanged, .ownersChanged, .revocationsChanged: break
            }
        }
        if let mine = after.ledger.own.claimant, after.ledger.table.isRevoked(mine) {
            outcome.faults.append("a revoked claim is held on to by a node that knows of the revocation")
        }
        let key = after.summarise(cast, &vocabulary)
        if let known = numbers[key] {
            outcome.process = known
        } else {
            outcome.process = UInt32(all.count)
            numbers[key] = outcome.process
            all.append(after)
        }
        return outcome
    }

    /// The run that made the claim that the process has now.
    private mutating func creator(
        _ before: Process, _ after: Process, _ input: LedgerInput, _ effects: [LedgerEffect]
    ) -> UInt64 {
        for effect in effects {
            switch effect {
            case .event(.claimed(let subnet)) where after.ledger.own.claim?.subnet == subnet:
                return after.ledger.own.version.runNonce
            case .event(.moved): return after.ledger.own.version.runNonce
            default: break
            }
        }
        guard after.ledger.own.claim != nil else { return 0 }
        let isAdoption = effects.contains { if case .event(.adopted) = $0 { true } else { false } }
        if isAdoption, case .record(let record) = input, record.claim != nil {
            return vocabulary.creators[vocabulary.number(of: record)] ?? 0
        }
        return before.creator
    }

    private mutating func note(
        loss subnet: IPv4Block, to winner: NodeID, _ before: Process, _ after: Process, _ input: LedgerInput,
        _ outcome: inout Outcome
    ) {
        var lost = before.ledger.own.claim
        var creator = before.creator
        if let next = before.ledger.own.next, next.subnet == subnet {
            lost = next
            creator = before.ledger.own.version.runNonce
        }
        if lost?.subnet != subnet, case .record(let record) = input {
            lost = record.claim
            creator = vocabulary.creators[vocabulary.number(of: record)] ?? 0
        }
        guard let lost, lost.subnet == subnet, let record = after.ledger.table[winner],
            let preceding = record.record.claimant(on: subnet)
        else {
            return outcome.faults.append("a node says that it lost a subnet that it did not claim, or to nobody")
        }
        let loser = Claimant(nodeID: after.ledger.own.nodeID, claim: lost)
        let theirs =
            preceding == record.record.claimant
            ? vocabulary.creators[vocabulary.number(of: record)] ?? 0 : record.version.runNonce
        outcome.yields.append(
            Yield(
                loser: loser, winner: preceding, loserKey: vocabulary.claimKey(loser, creator: creator),
                winnerKey: vocabulary.claimKey(preceding, creator: theirs)))
    }
}
