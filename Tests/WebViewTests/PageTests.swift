import Testing

@testable import ControlAPI
@testable import WebView

@Suite struct PageTests {
    private static let hostile = "<img src=x onerror=alert(1)>\"'&\u{202E}\u{1B}[2J</script>"

    private func page(_ snapshot: ClusterSnapshot, _ events: [LoggedEvent] = []) -> String {
        Page.html(snapshot, Section.render(snapshot, events))
    }

    @Test func `whatever nodes call themselves is text`() {
        var snapshot = Sample.snapshot(size: 12, name: { _ in Self.hostile })
        snapshot.status?.backend = Self.hostile
        snapshot.status?.state = Self.hostile
        snapshot.status?.cluster = Self.hostile
        snapshot.status?.dataplane.failures = [.init(subject: Self.hostile, message: Self.hostile)]
        snapshot.status?.dataplane.skipped = [.init(subject: Self.hostile, message: Self.hostile)]
        snapshot.status?.store.problem = Self.hostile
        snapshot.problem = Self.hostile
        snapshot.version = VersionInfo(version: Self.hostile, methods: [])
        for index in snapshot.leases.indices {
            snapshot.leases[index].publicIP = Self.hostile
            snapshot.leases[index].leaseClass = LeaseClass(rawValue: Self.hostile)
            snapshot.leases[index].vtepMAC = Self.hostile
        }
        snapshot.leases[0].nodeID = Self.hostile
        snapshot.leases[1].subnet = Self.hostile
        snapshot.leases[2].liveness = Liveness(rawValue: Self.hostile)
        for index in snapshot.members.indices { snapshot.members[index].version = Self.hostile }
        let event = EventInfo(kind: EventKind(rawValue: Self.hostile), message: Self.hostile)
        let text =
            page(snapshot, [LoggedEvent(info: event, ageSeconds: 1)])
            + TraceView.error(Self.hostile)
        #expect(!text.contains("<img") && !text.contains("</script>\"") && !text.unicodeScalars.contains("\u{202E}"))
        #expect(!text.unicodeScalars.contains("\u{1B}"))
        #expect(text.contains("&lt;img src=x"))
        // Each tag is one of ours.
        let own = [
            "a", "b", "body", "button", "circle", "code", "dd", "div", "dl", "dt", "footer", "form", "g", "h1", "h2",
            "head",
            "header", "html", "input", "label", "li", "line", "link", "main", "meta", "meter", "ol", "p", "path",
            "rect",
            "script", "section", "span", "svg", "table", "tbody", "td", "text", "th", "thead", "time", "title", "tr",
            "ul",
            "!doctype",
        ]
        for tag in text.split(separator: "<").dropFirst() {
            let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }
            #expect(own.contains(String(name)), "<\(tag.prefix(40))")
        }
        #expect(!text.contains(" on") || !text.contains("onload"))
        #expect(!text.contains(" style="))
    }

    @Test(arguments: [0, 1, 3, 200]) func `tags are balanced, and nothing comes from outside`(size: Int) {
        let text = page(size == 0 ? ClusterSnapshot() : Sample.snapshot(size: size))
        let void: Set = ["meta", "link", "input", "!doctype"]
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            let tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            let name = tag.drop { $0 == "/" }.prefix { !$0.isWhitespace && $0 != "/" }
            if tag.hasPrefix("/") {
                #expect(open.popLast() == name)
            } else if !tag.hasSuffix("/"), !void.contains(String(name)) {
                open.append(name)
            }
        }
        #expect(open.isEmpty)
        #expect(!text.contains("http:") && !text.contains("https:") && !text.contains("src=\"//"))
    }

    @Test func `without JavaScript every node is in the table with its subnet and state`() {
        let snapshot = Sample.snapshot(size: 200)
        let table = NodeTable.html(NodeRow.rows(of: snapshot))
        #expect(table.split(separator: "<tr").count - 2 == 200)
        for lease in snapshot.leases {
            #expect(table.contains(">\(lease.node)<") && table.contains(">\(lease.subnet)<"))
        }
    }

    @Test func `a subnet claimed twice marks both, and only those`() {
        let rows = NodeRow.rows(of: Sample.snapshot(size: 200))
        #expect(rows.filter(\.isConflicted).map(\.name).sorted() == ["shop199", "shop200"])
        #expect(NodeRow.rows(of: Sample.snapshot(size: 9)).allSatisfy { !$0.isConflicted })
    }

    @Test func `members without a lease are rows too`() {
        var snapshot = Sample.snapshot(size: 3)
        snapshot.members.append(Sample.member(99, roundTrip: nil, name: "observer"))
        let rows = NodeRow.rows(of: snapshot)
        #expect(rows.count == 4 && rows.last?.name == "observer" && rows.last?.lease == nil)
    }

    @Test func `of too many rows those in trouble are kept, in their order`() {
        let rows = NodeRow.rows(of: Sample.snapshot(size: 200))
        let chosen = NodeRow.chosen(rows, most: 30)
        #expect(chosen.count == 30)
        let troubled = rows.filter { $0.state != .alive || $0.isConflicted || $0.isSelf }.map(\.nodeID)
        #expect(Set(chosen.map(\.nodeID)).isSuperset(of: troubled))
        let order = rows.map(\.nodeID)
        let places = chosen.compactMap { order.firstIndex(of: $0.nodeID) }
        #expect(places == places.sorted())
    }

    @Test func `a feltd that is away is said to be, with the age of what is shown`() {
        var snapshot = Sample.snapshot(size: 3)
        snapshot.isUp = false
        snapshot.problem = "feltd is not running"
        snapshot.ageSeconds = 75
        let text = page(snapshot)
        #expect(text.contains("feltd is not running.") && text.contains("from 75 s ago") && text.contains("shop2"))
        #expect(snapshot.unreadiness == "feltd is not running")
    }

    @Test(
        arguments: [
            (0.0, "now"), (-1, "now"), (59.9, "59 s"), (120, "2 min"), (7_200, "2 h"), (172_800, "2 d"),
            (.infinity, "–"), (.nan, "–"), (1e300, "– d"),
        ])
    func `an age is short`(seconds: Double, text: String) { #expect(Shown.age(seconds) == text) }

    @Test(arguments: [
        (0.0, "0.00"), (1.005, "1.00"), (-0.001, "0.00"), (-2.5, "-2.50"), (.nan, "–"), (123.456, "123.46"),
    ])
    func `a number has the digits it was asked for`(value: Double, text: String) {
        #expect(Shown.decimal(value, 2) == text)
    }
}
