/// What can happen next.
struct Action: Hashable {
    enum Kind: UInt8 {
        // Fair: sooner or later it happens, if it can.
        case record, revocation, acknowledged, commit, deadline, inheritance, synchronised, seenAlive, seenDead
        // The world's doing: it may happen, a bounded number of times.
        case hastyDeadline, start, startLow, startCached, crash, restore, clone, revoke, forget, release, leave, pin,
            drain, suspect, tenure, attach, reclaim
    }

    var kind: Kind
    var machine: UInt8
    /// Number of the record, revocation, disk or slot; index of the identity or the acknowledgement.
    var argument: UInt32 = 0

    var isFair: Bool { kind.rawValue <= Kind.seenDead.rawValue }

    var packed: UInt64 { UInt64(kind.rawValue) << 40 | UInt64(machine) << 32 | UInt64(argument) }

    init(_ kind: Kind, _ machine: Int, _ argument: UInt32 = 0) {
        self.kind = kind
        self.machine = UInt8(machine)
        self.argument = argument
    }

    init?(packed: UInt64) {
        guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: packed >> 40)) else { return nil }
        self.init(kind, Int(packed >> 32 & 0xFF), UInt32(truncatingIfNeeded: packed))
    }
}
