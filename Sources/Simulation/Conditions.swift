internal import Addressing
internal import Gossip
package import LeaseLedger

/// What may hold of a whole cluster.
extension SimulatedCluster {
    package var running: [SimulatedNode] { nodes.filter(\.isRunning) }

    /// Every running node sees every other alive.
    package var seesAllAlive: Bool {
        // Cheap to tell when it does not hold: a node that sees fewer peers alive than there are.
        let others = nodes.count { $0.process != nil } - 1
        guard census.aliveCounts.keys.allSatisfy({ $0 >= others }) else { return false }
        let ids = nodes.compactMap { $0.process == nil ? nil : $0.identity.nodeID }
        // And when there is nobody but those that run: then each node's members are those.
        let isExact = haveEqualTables && knowsNobody(but: ids)
        return nodes.allSatisfy { node in
            guard let process = node.process else { return true }
            return process.inPlace { gossip in
                if isExact, gossip.members.count == others { return true }
                return ids.allSatisfy { $0 == node.identity.nodeID || gossip.members[$0]?.liveness == .alive }
            }
        }
    }

    /// Whether the first running node has records of these nodes alone. Members without a record there are none.
    private func knowsNobody(but ids: [NodeID]) -> Bool {
        let table = nodes.first { $0.process != nil }?.process?.gossip.ledger?.table
        guard let table, table.count == ids.count else { return false }
        return ids.allSatisfy { table[$0] != nil }
    }

    package var haveEqualTables: Bool { census.tables.count <= 1 }

    /// Every running node holds a claim that is past TENTATIVE.
    package var allHold: Bool { census.holding == nodes.count(where: \.isRunning) }

    package var isConverged: Bool { haveEqualTables && allHold && seesAllAlive }

    /// S1: no two running nodes hold one subnet. Empty when it holds.
    package var overlaps: [String] {
        guard census.overlapping > 0 else { return [] }
        var holders: [String: [Int]] = [:]
        for node in running {
            if let claim = node.claim { holders["\(claim.subnet)", default: []].append(node.index) }
        }
        return holders.filter { $0.value.count > 1 }.map { "\($0.key) is held by nodes \($0.value)" }.sorted()
    }

    /// Verdicts of `unreachable` on nodes that run.
    package func falseFailures(since: Instant) -> Int {
        let alive = Set(running.map(\.identity.nodeID))
        return running.reduce(0) { total, node in
            total
                + node.events.count { time, event in
                    if case .liveness(let subject, .unreachable) = event, time >= since {
                        alive.contains(subject)
                    } else {
                        false
                    }
                }
        }
    }
}
