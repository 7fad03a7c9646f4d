internal import Addressing
internal import LeaseLedger

/// What the running nodes have in common, kept up to date node by node, so that it may be looked at at every step.
struct Census {
    struct Entry: Equatable {
        var tableHash: UInt64?
        var held: IPv4Block?
        var alive: Int?
    }

    private(set) var tables: [UInt64: Int] = [:]
    private(set) var holders: [IPv4Block: Int] = [:]
    private(set) var aliveCounts: [Int: Int] = [:]
    private(set) var holding = 0
    /// Subnets that more than one node holds.
    private(set) var overlapping = 0

    mutating func change(from old: Entry, to new: Entry) {
        if old.tableHash != new.tableHash {
            Self.move(&tables, from: old.tableHash, to: new.tableHash)
        }
        if old.alive != new.alive { Self.move(&aliveCounts, from: old.alive, to: new.alive) }
        guard old.held != new.held else { return }
        if let held = old.held {
            holding -= 1
            if holders[held] == 2 { overlapping -= 1 }
        }
        if let held = new.held {
            holding += 1
            if holders[held] == 1 { overlapping += 1 }
        }
        Self.move(&holders, from: old.held, to: new.held)
    }

    private static func move<Key: Hashable>(_ counts: inout [Key: Int], from old: Key?, to new: Key?) {
        if let new { counts[new, default: 0] += 1 }
        guard let old, let count = counts[old] else { return }
        counts[old] = count > 1 ? count - 1 : nil
    }
}
