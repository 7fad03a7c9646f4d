import Testing

@testable import ControlAPI
@testable import WebView

@Suite struct TraceTests {
    /// shop1's trace in a cluster of `size`, its status changed.
    private func trace(
        _ address: String, size: Int = 9, _ change: (inout ClusterSnapshot, inout DataplaneInfo) -> Void = { _, _ in }
    ) throws -> TraceResult {
        var snapshot = Sample.snapshot(size: size)
        var wanted = try Sample.dataplane(size: size).get()
        change(&snapshot, &wanted)
        var trace = try TraceResult(address, in: snapshot)
        if trace.subnet != nil { trace.follow(.success(wanted), in: snapshot) }
        return trace
    }

    @Test func `a peer is reached by route, neighbour, FDB entry and underlay, in leasectl's words`() throws {
        let steps = try trace("10.244.98.7").steps
        #expect(
            steps.map { "\($0.name): \($0.expected)" } == [
                "route: 10.244.98.0/24 via 10.244.98.0 dev flannel.1 onlink",
                "neighbour: 10.244.98.0 lladdr 62:77:9a:41:db:01 PERMANENT",
                "fdb: 62:77:9a:41:db:01 dst 192.168.50.2 self permanent",
                "underlay: 192.168.50.2 dev eth0 src 192.168.50.1, MTU at least 1500",
            ])
        #expect(steps.allSatisfy { $0.ok && $0.problem == nil })
        #expect(steps.prefix(3).allSatisfy { $0.actual == $0.expected })
        #expect(steps[3].actual?.contains("MTU 1500, round trip ") == true)
    }

    @Test(
        arguments: [
            ("route 10.244.98.0/24 via 10.244.98.0", "route"), ("device \"flannel.1\"", "route"),
            ("neighbour 10.244.98.0 lladdr 62:77:9a:41:db:01", "neighbour"),
            ("fdb 62:77:9a:41:db:01 dst 192.168.50.2", "fdb"), ("fdb 62:77:9a:41:db:01", "fdb"),
        ])
    func `what the kernel refused is not there, and the rest is`(subject: String, name: String) throws {
        let steps = try trace("10.244.98.7") { snapshot, _ in
            snapshot.status?.dataplane.inSync = false
            snapshot.status?.dataplane.failures = [.init(subject: subject, message: "No space")]
        }.steps
        #expect(steps.filter { !$0.ok }.map(\.name) == [name])
        #expect(steps.first { !$0.ok }?.problem == "the kernel refused it: No space")
        #expect(steps.first { !$0.ok }?.actual == nil)
    }

    @Test(arguments: ["route 10.244.9.0/24", "route 10.244.98.0/240", "neighbour 10.244.98.01", "--ip-masq", "", "fdb"])
    func `what was refused elsewhere is no matter of this way`(subject: String) throws {
        let steps = try trace("10.244.98.7") { snapshot, _ in
            snapshot.status?.dataplane.inSync = false
            snapshot.status?.dataplane.failures = [.init(subject: subject, message: "no")]
        }.steps
        #expect(steps.allSatisfy { $0.ok })
    }

    @Test func `while feltd compares, and while it cannot, nothing is said to be there`() throws {
        let comparing = try trace("10.244.98.7") { snapshot, _ in snapshot.status?.dataplane.inSync = false }.steps
        #expect(comparing.prefix(3).allSatisfy { !$0.ok && $0.actual == nil })
        let failed = try trace("10.244.98.7") { snapshot, _ in
            snapshot.status?.dataplane.inSync = false
            snapshot.status?.dataplane.failures = [.init(subject: "dataplane", message: "Operation not permitted")]
        }.steps
        #expect(failed.prefix(3).allSatisfy { $0.problem?.contains("not permitted") == true })
    }

    @Test func `the underlay tells of a machine that is silent, and of one that carries too little`() throws {
        let silent = try trace("10.244.98.7") { snapshot, _ in snapshot.leases[1].liveness = .unreachable }.steps
        #expect(silent.last?.problem == "shop2 is unreachable: it does not answer")
        #expect(silent.last?.actual?.contains("round trip") == false)
        let small = try trace("10.244.98.7") { _, wanted in wanted.underlay.mtu = 1_499 }.steps
        #expect(small.last?.problem == "eth0 carries at most 1499 bytes: large packets are lost")
    }

    @Test func `a plain route has a neighbour of the link's, and no FDB entry`() throws {
        let steps = try trace("10.244.98.7") { _, wanted in
            (wanted.routes[0].via, wanted.routes[0].device) = ("192.168.50.2", "eth0")
        }.steps
        #expect(steps.map(\.name) == ["route", "neighbour", "underlay"])
        #expect(steps[0].expected == "10.244.98.0/24 via 192.168.50.2 dev eth0" && steps[0].actual == steps[0].expected)
        #expect(steps[1].actual == nil && steps[1].ok)
    }

    @Test func `a peer that gets no route says why; the own subnet, and a machine's own address, go nowhere`() throws {
        let skipped = try trace("10.244.37.9").steps
        #expect(skipped.map(\.name) == ["route"])
        #expect(skipped[0].problem == "this node installs no route to shop4: its backend is host-gw")
        let own = try trace("10.244.1.9").steps
        #expect(own.map(\.name) == ["route"] && own[0].ok && own[0].actual == nil)
        for address in ["192.168.50.2", "192.0.2.1", "10.244.250.1"] { #expect(try trace(address).steps.isEmpty) }
    }

    @Test func `feltd that does not tell is quoted, and hostile words are text`() throws {
        let snapshot = Sample.snapshot(size: 3)
        var trace = try TraceResult("10.244.98.7", in: snapshot)
        trace.follow(.failure(ControlError(.unknownMethod, "no method <dataplane>\u{1B}")), in: snapshot)
        let html = TraceView.html(trace, snapshot)
        #expect(html.contains("does not tell the steps: no method &lt;dataplane&gt;\\u{1b}") && !html.contains("<ol"))
        trace.problem = nil
        trace.steps = [.init("<b>", expected: "<i>", actual: "<u>\u{202E}", problem: "<script>")]
        let steps = TraceView.html(trace, snapshot)
        for tag in ["<i>", "<u>", "<script>", "\u{202E}"] { #expect(!steps.contains(tag)) }
        #expect(steps.contains("&lt;i&gt;") && steps.contains("&lt;u&gt;") && steps.contains("&lt;script&gt;"))
    }

    @Test func `however many trace, one question is asked of a subnet, one at a time, and few may wait`() async {
        let gate = Gate()
        let feed = DataplaneFeed { _ in
            await gate.pass()
            return .failure(ControlError(.failed, "no"))
        }
        let (subnets, askers) = (40, 10)
        let refused = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<(subnets * askers) {
                group.addTask {
                    guard case .failure(let error) = await feed.answer(for: "10.244.\(number % subnets).0/24") else {
                        return false
                    }
                    return error.code == .unavailable
                }
            }
            // Who may not wait is told so at once, while nothing is answered.
            var refused = 0
            for _ in 0..<((subnets - DataplaneFeed.mostWaiting) * askers) {
                refused += await group.next() == true ? 1 : 0
            }
            await gate.open()
            return await group.reduce(refused) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == (subnets - DataplaneFeed.mostWaiting) * askers)
        #expect(await gate.asked == DataplaneFeed.mostWaiting)
        #expect(await gate.mostTogether == 1)
    }

    private actor Gate {
        private(set) var asked = 0
        private(set) var mostTogether = 0
        private var inside = 0
        private var isOpen = false
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func pass() async {
            asked += 1
            inside += 1
            mostTogether = max(mostTogether, inside)
            if !isOpen { await withCheckedContinuation { waiting.append($0) } }
            inside -= 1
        }

        func open() {
            isOpen = true
            for one in waiting { one.resume() }
            waiting = []
        }
    }
}
