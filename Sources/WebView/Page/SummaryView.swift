internal import ControlAPI

/// The head of the page: which node, whether it is well, and the figures.
enum SummaryView {
    static func html(_ snapshot: ClusterSnapshot) -> String {
        banner(snapshot) + (snapshot.status.map { figures($0, snapshot) } ?? "")
    }

    private static func banner(_ snapshot: ClusterSnapshot) -> String {
        guard let problem = snapshot.problem ?? (snapshot.isUp ? nil : "feltd has not been asked yet") else {
            return ""
        }
        let age = snapshot.ageSeconds.map { " What is shown is from \(Shown.age($0)) ago." } ?? ""
        let rest = snapshot.isUp ? " The rest is shown." : "\(age) Trying again."
        return "<p class=\"banner\" role=\"status\">\(sentence(problem).html).\(rest)</p>"
    }

    private static func figures(_ status: StatusInfo, _ snapshot: ClusterSnapshot) -> String {
        let own = snapshot.leases.first { $0.isSelf }
        let isWell = snapshot.isUp && status.ready
        let (mark, word) =
            !snapshot.isUp
            ? ("unreachable", "feltd is away")
            : status.ready ? ("alive", "ready") : ("suspect", "not ready: \(status.state)")
        let icon = NodeState(rawValue: mark)?.icon() ?? ""
        var html = """
            <p class="who"><span class="pill \(mark)\(isWell ? "" : " ill")">\(icon)\(word.html)</span> \
            <b>\(status.node.cut(64).html)</b> in cluster <b>\(status.cluster.cut(64).html)</b> · \
            \(status.backend.html)\(snapshot.version.map { " · feltd \($0.version.cut(24))" }?.html ?? "")</p><dl class="figures">
            """
        html += figure(
            "Lease", status.lease ?? "none",
            own.map { "\($0.leaseClass), held \(Shown.age(Double($0.tenureSeconds)))" } ?? status.state)
        html += members(status)
        let share = status.pool.total > 0 ? Double(status.pool.used) / Double(status.pool.total) : 0
        html += figure(
            "Pool", "\(status.pool.used) of \(status.pool.total)", "\(status.pool.free) free",
            "<meter value=\"\(Shown.decimal(share, 3))\" high=\"0.9\" optimum=\"0\"></meter>")
        let dataplane = status.dataplane
        let repair = dataplane.lastRepairSeconds.map { "repaired \(Shown.age($0)) ago" } ?? "never repaired"
        html += figure(
            "Data plane", dataplane.inSync ? "in sync" : "not in sync", "\(dataplane.desired) entries, \(repair)",
            isIll: !dataplane.inSync)
        html += figure(
            "Store", status.store.problem == nil ? "well" : "in trouble", "\(status.store.writes) writes",
            isIll: status.store.problem != nil)
        return html + "</dl>" + notes(status)
    }

    private static func figure(
        _ name: String, _ value: String, _ detail: String, _ more: String = "", isIll: Bool = false
    ) -> String {
        "<div\(isIll ? " class=\"ill\"" : "")><dt>\(name)</dt><dd><b>\(value.html)</b>\(more)"
            + "<span>\(detail.html)</span></dd></div>"
    }

    private static func members(_ status: StatusInfo) -> String {
        let peers = status.peers
        let counts: [(NodeState, Int)] = [
            (.alive, peers.alive + 1), (.suspect, peers.suspect), (.unreachable, peers.unreachable),
            (.left, peers.left),
        ]
        let parts = counts.filter { $0.1 > 0 || $0.0 == .alive }.map { state, count in
            "<span class=\"count\">\(state.icon())\(count) \(state.rawValue)</span>"
        }
        let total = counts.reduce(0) { $0 + $1.1 } - peers.left
        return "<div><dt>Nodes</dt><dd><b>\(total)</b><span class=\"counts\">\(parts.joined())</span></dd></div>"
    }

    /// What the kernel refused, whom the data plane leaves out, what ails the store.
    private static func notes(_ status: StatusInfo) -> String {
        var notes = status.dataplane.failures.prefix(8).map { "\($0.subject): \($0.message)" }
        notes += status.dataplane.skipped.prefix(8).map { "\($0.subject) is left out: \($0.message)" }
        if let problem = status.store.problem { notes.append("store \(status.store.path): \(problem)") }
        let left = max(0, status.dataplane.failures.count - 8) + max(0, status.dataplane.skipped.count - 8)
        if left > 0 { notes.append("and \(left) more; see `leasectl status`") }
        guard !notes.isEmpty else { return "" }
        return "<ul class=\"notes\">\(notes.map { "<li>\($0.cut(400).html)</li>" }.joined())</ul>"
    }

    private static func sentence(_ text: String) -> String { text.hasSuffix(".") ? String(text.dropLast()) : text }
}
