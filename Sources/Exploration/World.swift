/// One machine. Numbers stand for what the explorer has interned.
struct Machine: Equatable {
    static let down = UInt32.max

    var identity: UInt8
    var starts: UInt8 = 0
    /// Number of the process, or `down`.
    var process = Machine.down
    var disk: UInt32
    /// Commits on their way to the disk, first to last: a list of disks.
    var pending: UInt32 = 0
    /// Disks of before, as long as one may be restored: a list.
    var past: UInt32 = 0
    /// Records and revocations of others in the store, while the machine is down: lists.
    var cachedRecords: UInt32 = 0
    var cachedRevocations: UInt32 = 0

    var isRunning: Bool { process != Machine.down }
}

/// Everything at one moment.
struct World {
    var machines: [Machine]
    /// Records that were spoken and may still arrive: a list.
    var spoken: UInt32 = 0
    /// Revocations issued: a list.
    var revocations: UInt32 = 0
    /// Acknowledgements on their way: a list of index and record.
    var acknowledgements: UInt32 = 0
    /// Which claim has yielded to which: a list of pairs.
    var yields: UInt32 = 0
    /// The identity that the next clone will take.
    var nextIdentity: UInt8
    /// A bit for each identity that was ever cloned.
    var sharedIdentities: UInt32 = 0
    var budget: Budget

    struct Budget: Equatable {
        var crashes: UInt8
        var restores: UInt8
        var clones: UInt8
        var revocations: UInt8
        var releases: UInt8
        var forgets: UInt8
        var pins: UInt8
        var drains: UInt8
        var reclaims: UInt8
        var suspicions: UInt8
        var tenures: UInt8
        var attachments: UInt8
        var haste: UInt8
    }

    var digest: Digest {
        Digest { hashing in
            for machine in machines {
                hashing.add(
                    UInt64(machine.process) << 32 | UInt64(machine.disk) << 12 | UInt64(machine.identity) << 8
                        | UInt64(machine.starts))
                hashing.add(UInt64(machine.pending) << 32 | UInt64(machine.past))
                hashing.add(UInt64(machine.cachedRecords) << 32 | UInt64(machine.cachedRevocations))
            }
            hashing.add(UInt64(spoken) << 32 | UInt64(yields))
            hashing.add(UInt64(revocations) << 32 | UInt64(acknowledgements))
            let first = UInt64(budget.crashes) | UInt64(budget.restores) << 8 | UInt64(budget.clones) << 16
            let second = UInt64(budget.revocations) << 24 | UInt64(budget.releases) << 32
            let third = UInt64(budget.suspicions) << 40 | UInt64(budget.tenures) << 48
            hashing.add(first | second | third | UInt64(budget.attachments) << 56)
            hashing.add(
                UInt64(sharedIdentities) << 24 | UInt64(budget.haste) << 16 | UInt64(nextIdentity) << 8
                    | UInt64(machines.count))
            let operations = UInt64(budget.pins) | UInt64(budget.drains) << 8 | UInt64(budget.reclaims) << 16
            hashing.add(operations | UInt64(budget.forgets) << 24)
        }
    }
}
