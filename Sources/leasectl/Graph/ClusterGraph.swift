internal import ControlAPI

/// The nodes as one of them sees them, in the languages of graphs.
struct ClusterGraph {
    struct Node {
        var name: String
        var nodeID: String
        var subnets: [String]
        var address: String
        var liveness: Liveness
        var isSelf: Bool
        var milliseconds: Double?
    }

    let nodes: [Node]

    /// This node first, then the others by name.
    init(leases: [LeaseInfo], members: [MemberInfo]) {
        let held = Dictionary(grouping: leases, by: \.nodeID)
        var nodes = members.map { member in
            let leases = held[member.nodeID] ?? []
            return Node(
                name: member.node, nodeID: member.nodeID, subnets: leases.map(\.subnet),
                address: leases.first?.publicIP ?? member.address, liveness: member.liveness,
                isSelf: leases.contains(where: \.isSelf), milliseconds: member.rttMilliseconds)
        }
        let known = Set(members.map(\.nodeID))
        for (nodeID, leases) in held where !known.contains(nodeID) {
            guard let lease = leases.first else { continue }
            nodes.append(
                Node(
                    name: lease.node, nodeID: nodeID, subnets: leases.map(\.subnet), address: lease.publicIP,
                    liveness: lease.liveness, isSelf: lease.isSelf, milliseconds: nil))
        }
        self.nodes = nodes.sorted { ($0.isSelf ? 0 : 1, $0.name, $0.nodeID) < ($1.isSelf ? 0 : 1, $1.name, $1.nodeID) }
    }

    /// Of this node to each of the others.
    var edges: [(from: Node, to: Node)] {
        guard let own = nodes.first, own.isSelf else { return [] }
        return nodes.dropFirst().map { (own, $0) }
    }

    var dot: String {
        var text = "graph felt {\n  layout=neato;\n  overlap=false;\n  node [shape=box, style=rounded];\n"
        for node in nodes {
            let label = Self.lines(of: node).map(Self.dotEscaped).joined(separator: "\\n")
            let style =
                switch node.liveness {
                case .alive: node.isSelf ? ", penwidth=3" : ""
                case .suspect: ", color=orange"
                default: ", color=red, style=\"rounded,dashed\""
                }
            text += "  \"\(Self.dotEscaped(node.nodeID))\" [label=\"\(label)\"\(style)];\n"
        }
        for (from, to) in edges {
            let label = to.milliseconds.map { " [label=\"\(Self.shown($0))\"]" } ?? " [style=dashed]"
            text += "  \"\(Self.dotEscaped(from.nodeID))\" -- \"\(Self.dotEscaped(to.nodeID))\"\(label);\n"
        }
        return text + "}\n"
    }

    var mermaid: String {
        var text = "graph TD\n"
        for (index, node) in nodes.enumerated() {
            let label = Self.lines(of: node).map(Self.entities).joined(separator: "<br/>")
            text += "  n\(index)[\"\(label)\"]:::\(Self.style(node))\n"
        }
        if !edges.isEmpty {
            for (index, node) in nodes.enumerated().dropFirst() {
                let label = node.milliseconds.map { "---|\(Self.shown($0))|" } ?? "-.-"
                text += "  n0 \(label) n\(index)\n"
            }
        }
        return text + "  classDef alive stroke:#2a7\n  classDef suspect stroke:#c80\n"
            + "  classDef absent stroke:#c33,stroke-dasharray:4\n"
    }

    static func style(_ node: Node) -> String {
        switch node.liveness {
        case .alive: "alive"
        case .suspect: "suspect"
        default: "absent"
        }
    }

    static func lines(of node: Node) -> [String] {
        let state = node.liveness == .alive ? "" : " (\(node.liveness))"
        return [node.name + state] + (node.subnets.isEmpty ? ["no subnet"] : node.subnets) + [node.address]
    }

    /// As 0.25 ms: two digits behind the point.
    static func shown(_ milliseconds: Double) -> String {
        let hundredths = Int((min(max(milliseconds, 0), 1e9) * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) ms"
    }

    private static func dotEscaped(_ text: String) -> String {
        Console.shown(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    /// For XML and for mermaid, whose labels are HTML.
    static func entities(_ text: String) -> String {
        Console.shown(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
