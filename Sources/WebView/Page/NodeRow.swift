internal import Addressing
internal import ControlAPI

/// A claim and its owner, or a member without one: a row of the page's table.
struct NodeRow {
    var name: String
    var nodeID: String
    var address: String
    var state: NodeState
    var isSelf: Bool
    var lease: LeaseInfo?
    var block: IPv4Block?
    var isConflicted = false
    var roundTrip: Double?
    var release: String?

    /// In the order of the leases, then the members without one by name.
    static func rows(of snapshot: ClusterSnapshot) -> [NodeRow] {
        let members = Dictionary(snapshot.members.map { ($0.nodeID, $0) }, uniquingKeysWith: { first, _ in first })
        var holders: Set<String> = []
        var rows = snapshot.leases.map { lease in
            holders.insert(lease.nodeID)
            let member = members[lease.nodeID]
            return NodeRow(
                name: lease.node, nodeID: lease.nodeID, address: lease.publicIP, state: NodeState(lease.liveness),
                isSelf: lease.isSelf, lease: lease, block: try? IPv4Block(parsing: lease.subnet),
                roundTrip: member?.rttMilliseconds.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil },
                release: member?.version)
        }
        markConflicts(&rows)
        let own = snapshot.status?.nodeID
        for member in snapshot.members.sorted(by: { ($0.node, $0.nodeID) < ($1.node, $1.nodeID) })
        where !holders.contains(member.nodeID) {
            rows.append(
                NodeRow(
                    name: member.node, nodeID: member.nodeID, address: member.address,
                    state: NodeState(member.liveness), isSelf: member.nodeID == own, lease: nil, block: nil,
                    roundTrip: member.rttMilliseconds.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil },
                    release: member.version))
        }
        return rows
    }

    /// Blocks are aligned, so of two that overlap one contains the other: a sweep over their starts finds all.
    private static func markConflicts(_ rows: inout [NodeRow]) {
        let order = rows.indices.filter { rows[$0].block != nil }.sorted { left, right in
            guard let left = rows[left].block, let right = rows[right].block else { return false }
            return (left.base, left.prefixLength) < (right.base, right.prefixLength)
        }
        var widest: (index: Int, last: IPv4Address)?
        for index in order {
            guard let block = rows[index].block else { continue }
            if let widest, block.base <= widest.last {
                rows[index].isConflicted = true
                rows[widest.index].isConflicted = true
            } else {
                widest = (index, block.last)
            }
        }
    }

    /// At most `most` of the rows, in their order: those in trouble and this node before the rest.
    static func chosen(_ rows: [NodeRow], most: Int) -> [NodeRow] {
        guard rows.count > most else { return rows }
        let ranked = rows.indices.sorted { left, right in
            let (first, second) = (rows[left].isOrdinary, rows[right].isOrdinary)
            return first == second ? left < right : !first
        }
        return ranked.prefix(most).sorted().map { rows[$0] }
    }

    private var isOrdinary: Bool { state == .alive && !isConflicted && !isSelf }
}
