internal import Addressing
internal import LeaseLedger

/// A running ledger with its clock, and what is asked of it often. Equal ones, clocks aside, are one.
struct Process {
    enum Time {
        /// Nothing waits.
        case nothing
        /// The join's time-out or the confirmation.
        case deadline
        /// The end of the time in which an inherited claim does not yield.
        case inheritance
        /// The next step of the tenure.
        case tenure
        /// The end of the patience with an absent owner.
        case reclaim
    }

    var ledger: LeaseLedger
    var now: Instant
    let identity: UInt8
    /// Nonce of the run that made the present claim. A node that has lost its memory may use an epoch twice: two claims.
    var creator: UInt64
    /// Numbers of the records in the table; the own one is known by its node.
    private(set) var records: [UInt32] = []
    private(set) var revocations: [UInt32] = []
    private(set) var time = Time.nothing
    private(set) var heldSlot: UInt32?
    /// A bit for each identity that has a record in the table, and for each that is live in its view.
    private(set) var known: UInt32 = 0
    private(set) var live: UInt32 = 0

    init(ledger: LeaseLedger, now: Instant, identity: UInt8, creator: UInt64) {
        self.ledger = ledger
        self.now = now
        self.identity = identity
        self.creator = creator
    }

    /// Fills in what is asked often, and gives what the process is known by: everything that decides what it will do,
    /// times only as far as they do.
    mutating func summarise(_ cast: Cast, _ vocabulary: inout Vocabulary) -> [UInt64] {
        records = ledger.table.all.map { vocabulary.number(of: $0) }.sorted()
        revocations = ledger.table.revocations.values.map { vocabulary.revocations.number(of: $0) }.sorted()
        heldSlot = ledger.heldClaim.map { cast.slot(of: $0.subnet) }
        known = ledger.table.all.reduce(0) { $0 | 1 << UInt32(cast.index(of: $1.nodeID)) }
        live = ledger.live.reduce(0) { $0 | 1 << UInt32(cast.index(of: $1)) }
        var key: [UInt64] = [UInt64(identity), creator, UInt64(vocabulary.number(of: cast.signed(ledger.own)))]
        switch ledger.phase {
        case .stopped: key.append(0)
        case .listening(let until): key += [1, UInt64(bitPattern: (until - now).wholeNanoseconds)]
        case .claiming(let since): key += [2, UInt64(bitPattern: (now - since).wholeNanoseconds)]
        case .holding: key.append(3)
        case .exhausted: key.append(4)
        case .idle: key.append(5)
        }
        switch ledger.phase {
        case .stopped, .idle: time = .nothing
        case .exhausted: time = ledger.nextDeadline == nil ? .nothing : .reclaim
        case .holding: time = ledger.nextDeadline == nil ? .nothing : .tenure
        case .listening, .claiming: time = ledger.nextDeadline == nil ? .nothing : .deadline
        }
        if ledger.preparationEnds != nil { time = .deadline }
        if ledger.inheritedSince != nil, ledger.nextDeadline != nil { time = .inheritance }
        key.append(ledger.inheritedSince.map { UInt64(bitPattern: (now - $0).wholeNanoseconds) } ?? 1)
        let seconds = ledger.tenureSeconds(at: now)
        key.append(seconds < 256 ? 0 : UInt64(63 - seconds.leadingZeroBitCount))
        key += [ledger.reserved, ledger.uncommitted?.version.sequence ?? 0, UInt64(live)]
        key.append(ledger.hint.map { UInt64(cast.slot(of: $0)) } ?? 99)
        key.append(ledger.avoided.map { UInt64(cast.slot(of: $0)) } ?? 99)
        key.append(ledger.draining.map { UInt64(cast.slot(of: $0)) } ?? 99)
        key.append(ledger.preparingSince.map { UInt64(bitPattern: (now - $0).wholeNanoseconds) } ?? 1)
        for (nodeID, since) in ledger.absentSince.sorted(by: { $0.key < $1.key }) {
            key += [UInt64(cast.index(of: nodeID)), UInt64(bitPattern: (now - since).wholeNanoseconds)]
        }
        key.append(.max)
        key.append(UInt64(ledger.acknowledgements.reduce(0) { $0 | 1 << UInt32(cast.index(of: $1)) }))
        for (nonce, count) in ledger.overtakes.sorted(by: { $0.key < $1.key }) { key += [nonce, UInt64(count)] }
        key.append(.max)
        key += records.map { UInt64($0) }
        key.append(.max)
        key += revocations.map { UInt64($0) }
        return key
    }
}
