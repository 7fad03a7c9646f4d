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
            + "<dl>\(list)</dl>\(steps(trace))</div>"
    }

    static func error(_ message: String) -> String { "<p class=\"result bad\">\(message.html)</p>" }

    private static func steps(_ trace: TraceResult) -> String {
        if let problem = trace.problem { return "<p class=\"note\">\(problem.cut(300).html)</p>" }
        guard !trace.steps.isEmpty else { return "" }
        let items = trace.steps.prefix(16).map { step in
            // What nobody has looked at has the hollow shape.
            let state: NodeState = !step.ok ? .unreachable : step.actual == nil ? .left : .alive
            var text =
                "<li>\(state.icon())<b>\(heading(step.name).html)</b> <code>\(step.expected.cut(200).html)</code>"
            if let actual = step.actual, actual != step.expected {
                text += "<span class=\"actual\">found: <code>\(actual.cut(200).html)</code></span>"
            }
            if let problem = step.problem { text += "<span class=\"problem\">\(problem.cut(300).html)</span>" }
            return text + "</li>"
        }
        return "<ol class=\"steps\">\(items.joined())</ol><p class=\"note\">As feltd says. "
            + "<code>leasectl trace \(trace.address.html) --probe</code> looks into the kernel, and sends a packet.</p>"
    }

    private static func heading(_ name: String) -> String {
        name == "fdb" ? "FDB" : name.prefix(1).uppercased() + name.dropFirst()
    }
}
