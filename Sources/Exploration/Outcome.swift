internal import LeaseLedger

/// What a process is given. All of it is small numbers, so that a step is made once and looked up afterwards.
struct Stimulus: Hashable {
    enum Kind: UInt8 {
        case record, revocation, acknowledged, alive, dead, committed, time, synchronised, attach, release, leave, pin,
            drain, revoke, forget
    }

    var kind: Kind
    /// Number of the record, revocation, disk or slot; index of the identity.
    var argument: UInt32 = 0
}

/// What a step of a process leads to.
struct Outcome {
    var process: UInt32 = 0
    var spoken: [UInt32] = []
    var commits: [UInt32] = []
    var acknowledgements: [Acknowledgement] = []
    /// Issued by this process.
    var revocations: [UInt32] = []
    var yields: [Yield] = []
    var takesNewIdentity = false
    /// What is wrong whatever the others do.
    var faults: [String] = []
    /// For people.
    var events: [LeaseEvent] = []
}

struct Acknowledgement {
    /// Index of who acknowledges.
    var by: UInt8
    var record: UInt32
}

struct Yield {
    var loser: Claimant
    var winner: Claimant
    /// Numbers of the two claims.
    var loserKey: UInt32
    var winnerKey: UInt32
}
