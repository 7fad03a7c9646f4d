internal import ControlAPI

/// One screen of `top`, as lines that fit.
struct TopFrame {
    let lines: [String]
    private static let mostEvents = 8

    init(_ look: TopFeed.Look, before: TopFeed.Look?, width: Int, height: Int, styled: Bool) {
        var lines: [String] = []
        func add(_ text: String, _ style: (String) -> String = { $0 }) {
            let cut = TextWidth.cut(Console.shown(text), max(width, 1))
            lines.append(styled ? style(cut) : cut)
        }
        if let status = look.status {
            Self.head(status, look, before).forEach { add($0.text, $0.isBad ? Style.bad : Style.strong) }
        }
        if let problem = look.problem { add("\(problem)", Style.bad) }
        add("")
        let events = Array(look.events.suffix(Self.mostEvents))
        let room = max(height - lines.count - (events.isEmpty ? 0 : events.count + 2) - 1, 1)
        let rows = Self.rows(look)
        let table = Self.table(rows).text(headings: true, styled: false).split(separator: "\n").map(String.init)
        for (index, line) in table.prefix(room).enumerated() {
            if index == 0 { add(line, Style.faint) } else { add(line, Self.style(rows[index - 1].liveness)) }
        }
        if table.count > room { add("… and \(table.count - room) more") }
        if !events.isEmpty {
            add("")
            for event in events.reversed() {
                let age = event.ageSeconds.map { shortAge(Int(min($0, 1e9))) } ?? "now"
                add(
                    "\(TextWidth.padded(age, 5)) \(TextWidth.padded(event.kind.rawValue, 17)) \(event.message)",
                    Style.faint)
            }
        }
        self.lines = Array(lines.prefix(max(height, 1)))
    }

    private static func style(_ liveness: Liveness) -> (String) -> String {
        switch liveness {
        case .alive: { $0 }
        case .suspect: Style.doubtful
        default: Style.bad
        }
    }

    private static func head(
        _ status: StatusInfo, _ look: TopFeed.Look, _ before: TopFeed.Look?
    ) -> [(text: String, isBad: Bool)] {
        let peers = status.peers
        var rate = ""
        if let earlier = before, let old = earlier.status, look.seconds > earlier.seconds {
            func perSecond(_ name: String) -> Int {
                let (new, old) = (status.gossip[name] ?? 0, old.gossip[name] ?? 0)
                return Int(Double(new - min(new, old)) / (look.seconds - earlier.seconds))
            }
            rate = "   gossip \(perSecond("datagramsSent")) out, \(perSecond("datagramsReceived")) in a second"
        }
        let plane = status.dataplane
        return [
            (
                "felt \(status.cluster)   \(status.node)   \(status.lease ?? "no lease")   \(status.backend)   "
                    + "\(status.state)\(status.ready ? "" : ", not ready")", !status.ready
            ),
            (
                "peers \(peers.alive) alive, \(peers.suspect) suspect, \(peers.unreachable) unreachable, "
                    + "\(peers.left) left   pool \(status.pool.used)/\(status.pool.total)\(rate)",
                peers.unreachable > 0
            ),
            (
                "kernel \(plane.inSync ? "in sync" : "NOT in sync"), \(plane.desired) entries   "
                    + "store \(status.store.writes) writes\(status.store.problem.map { ": \($0)" } ?? "")",
                !plane.inSync || status.store.problem != nil
            ),
        ]
    }

    private struct Row {
        var cells: [String]
        var liveness: Liveness
    }

    /// Whoever needs a look comes first.
    private static func rows(_ look: TopFeed.Look) -> [Row] {
        let leases = Dictionary(look.leases.map { ($0.nodeID, $0) }, uniquingKeysWith: { first, _ in first })
        func order(_ member: MemberInfo) -> (Int, String, String) {
            let rank = member.liveness == .alive ? 1 : member.liveness == .left || member.liveness == .banned ? 2 : 0
            return (rank, member.node, member.nodeID)
        }
        return look.members.sorted { order($0) < order($1) }.map { member in
            let lease = leases[member.nodeID]
            let seen = lease?.lastSeenSeconds.map { shortAge(Int(min($0, 1e9))) } ?? "-"
            return Row(
                cells: [
                    member.node, member.liveness.rawValue, (lease?.subnet ?? "-") + (lease?.isSelf == true ? "*" : ""),
                    member.address, member.rttMilliseconds.map(ClusterGraph.shown) ?? "-", seen,
                ], liveness: member.liveness)
        }
    }

    private static func table(_ rows: [Row]) -> Table {
        Table(
            columns: [
                Table.Column("NODE", longest: 18), Table.Column("STATE", longest: 11),
                Table.Column("SUBNET", longest: 19),
                Table.Column("ADDRESS", longest: 21), Table.Column("RTT", longest: 10),
                Table.Column("SEEN", longest: 5),
            ], rows: rows.map(\.cells))
    }
}
