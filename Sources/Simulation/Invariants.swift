internal import Addressing
internal import Gossip
package import LeaseLedger

/// What must hold of a whole cluster (S1, L1), each with the reason why it does not.
extension SimulatedCluster {
    package var running: [SimulatedNode] { nodes.filter(\.isRunning) }

    /// Every running node sees every other alive.
    package var seesAllAlive: Bool {
        let ids = running.map(\.identity.nodeID)
        return running.allSatisfy { node in
            ids.allSatisfy { $0 == node.identity.nodeID || node.gossip?.members[$0]?.liveness == .alive }
        }
    }

    package var haveEqualTables: Bool {
        Set(running.map { $0.gossip?.ledger?.table.hash.whole ?? 0 }).count <= 1
    }

    /// Every running node holds a claim that is past TENTATIVE.
    package var allHold: Bool { running.allSatisfy { $0.claim != nil } }

    package var isConverged: Bool { haveEqualTables && allHold && seesAllAlive }

    /// S1: no two running nodes hold one subnet, and all derive the same owners. Empty when it holds.
    package var overlaps: [String] {
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
