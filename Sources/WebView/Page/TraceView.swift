internal import ControlAPI

/// What the trace box answers.
enum TraceView {
    static func html(_ trace: TraceResult, _ snapshot: ClusterSnapshot) -> String {
        guard let owner = trace.owner else {
            return error(trace.problem ?? "No lease contains \(trace.address).")
        }
        let state = NodeState(owner.liveness)
        let roundTrip = snapshot.members.first { $0.nodeID == owner.nodeID }?.rttMilliseconds
        var facts = [
            ("Subnet", owner.subnet), ("Owner", owner.node), ("Endpoint", owner.publicIP), ("Backend", owner.backend),
            ("Class", owner.leaseClass.rawValue),
        ]
        if let roundTrip { facts.append(("Round trip", Shown.milliseconds(roundTrip))) }
        if let address = owner.vtepMAC { facts.append(("VTEP", address)) }
        let list = facts.map { "<div><dt>\($0)</dt><dd>\($1.cut(64).html)</dd></div>" }.joined()
        let way = owner.isSelf ? "It is on this machine." : "A packet leaves to \(owner.publicIP)."
        return "<div class=\"result\"><p>\(state.icon(isSelf: owner.isSelf))<b>\(trace.address.html)</b> "
            + "belongs to <b>\(owner.node.cut(64).html)</b>, \(state.rawValue). \(way.html)</p>"
            + "<dl>\(list)</dl>\(steps(trace.steps))</div>"
    }

    static func error(_ message: String) -> String { "<p class=\"result bad\">\(message.html)</p>" }

    private static func steps(_ steps: [TraceResult.Step]) -> String {
        guard !steps.isEmpty else { return "" }
        let items = steps.prefix(16).map { step in
            let icon = (step.ok ? NodeState.alive : .unreachable).icon()
            let actual = step.ok ? "" : "<span class=\"actual\">found: \(step.actual.cut(200).html)</span>"
            return "<li>\(icon)<b>\(step.name.html)</b> \(step.expected.cut(200).html)\(actual)</li>"
        }
        return "<ol class=\"steps\">\(items.joined())</ol>"
    }
}
