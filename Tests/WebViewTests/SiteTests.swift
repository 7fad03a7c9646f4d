import Testing

@testable import ControlAPI
@testable import WebView

@Suite struct SiteTests {
    private func site(_ reading: Reading? = nil, isLocal: Bool = true) -> Site {
        let sample = Sample.snapshot(size: 3)
        let reading =
            reading
            ?? Reading(version: sample.version, status: sample.status, leases: sample.leases, members: sample.members)
        let feed = Feed { reading }
        let dataplane = DataplaneFeed { _ in Sample.dataplane(size: 3) }
        return Site(feed: feed, live: LiveView(feed: feed), dataplane: dataplane, isLocal: isLocal)
    }

    private func get(_ target: String, _ site: Site? = nil, method: String = "GET", host: String? = "localhost:8474")
        async
        -> (Answer, String)
    {
        let answer = await (site ?? self.site()).answer(method: method, target: target, host: host)
        guard case .bytes(let bytes) = answer.body else { return (answer, "") }
        return (answer, String(decoding: bytes, as: UTF8.self))
    }

    @Test(arguments: [
        "/", "/metrics", "/healthz", "/readyz", "/felt.css", "/felt.js", "/felt.svg", "/api/status", "/api/leases",
        "/api/members", "/api/events", "/api/trace?address=10.244.1.9", "/trace?address=10.244.1.9", "/?x=1",
        "/readyz?",
    ])
    func `what is there answers`(target: String) async {
        let (answer, text) = await get(target)
        #expect(answer.status == 200 && !text.isEmpty)
    }

    @Test(arguments: [
        "", "x", "*", "//", "/x", "/api", "/metrics/", "/../etc/passwd", "/%2e%2e/", "/api/../x", "/api/token", "?",
    ])
    func `what is not there is 404 and says what is`(target: String) async {
        let (answer, text) = await get(target)
        #expect(answer.status == 404)
        #expect(text.contains("/metrics") || text.contains("/api/status"))
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "OPTIONS", "get", "PRI", "<script>"])
    func `only GET and HEAD are possible`(method: String) async {
        let (answer, _) = await get("/", method: method)
        #expect(answer.status == 405 && answer.headers.contains { $0 == ("Allow", "GET, HEAD") })
    }

    @Test func `ready is 200, and anything else 503 with the reason`() async {
        #expect(await get("/readyz").0.status == 200)
        let (away, reason) = await get("/readyz", site(Reading(problem: "feltd is not running")))
        #expect(away.status == 503 && reason == "feltd is not running\n")
        var status = Sample.snapshot(size: 3).status
        status?.ready = false
        status?.state = "tentative"
        status?.dataplane.failures = [.init(subject: "route", message: "No such\ndevice")]
        let (unready, why) = await get("/readyz", site(Reading(status: status)))
        #expect(
            unready.status == 503 && why == "feltd is not ready: its state is tentative; route: No such\\u{a}device\n")
        #expect(await get("/healthz", site(Reading(problem: "away"))).0.status == 200)
    }

    @Test(
        arguments: [
            ("10.244.1.77", 200, "shop1"), ("+10.244.1.77%20", 200, "shop1"), ("192.168.50.2", 200, "shop2"),
            ("10.244.9.1", 200, "no lease contains"), ("", 400, "is not an address"), ("%00", 400, "is not an address"),
            ("10.244.1.0%2F24", 400, "is not an address"), ("<b>", 400, "is not an address"),
            ("%ff%zz%", 400, "is not an address"),
        ])
    func `a trace says who owns the address, or what is wrong with it`(address: String, status: Int, word: String) async
    {
        let (page, text) = await get("/trace?address=\(address)")
        #expect(page.status == status && text.contains(word) && text.contains("<!doctype html>"))
        let (part, fragment) = await get("/trace?part=1&address=\(address)")
        #expect(part.status == status && fragment.contains(word) && !fragment.contains("<!doctype"))
        let (answer, json) = await get("/api/trace?address=\(address)")
        #expect(answer.status == status && json.contains(word))
        #expect(!text.contains("<b>\""))
    }

    @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1:8474", "[::1]:8474", "", "192.0.2.1"])
    func `this machine's names are answered`(host: String) async {
        #expect(await get("/", host: host).0.status == 200)
    }

    @Test(arguments: ["evil.example", "localhost.evil.example:8474", "127.0.0.1.evil.example", "a", "shop1:8474"])
    func `a foreign name for a local address is a browser tricked, and not answered`(host: String) async {
        #expect(await get("/", host: host).0.status == 421)
        #expect(await get("/", site(isLocal: false), host: host).0.status == 200)
    }

    @Test func `with feltd away the interface says so as JSON`() async {
        let (answer, text) = await get("/api/leases", site(Reading(problem: "away")))
        #expect(answer.status == 503 && text.contains("\"message\": \"away\""))
    }

    @Test func `a follower gets what changed, a slow one only the last, and there are at most 32`() async throws {
        let feed = Feed { Reading(status: Sample.snapshot(size: 3).status) }
        let live = LiveView(feed: feed)
        let task = Task { await live.run() }
        defer { task.cancel() }
        var clients: [LiveView.Client] = []
        for _ in 0..<LiveView.mostClients { clients.append(try #require(await live.join())) }
        #expect(await live.join() == nil)
        var signals = clients[0].signals.makeAsyncIterator()
        var seen: [Section: Int] = [:]
        await signals.next()
        let first = await live.changes(since: &seen)
        #expect(Section.allCases.allSatisfy { first.contains("event: \($0.rawValue)\ndata: \"") })
        #expect(await live.changes(since: &seen) == ":\n\n")
        for number in 0..<5 { await feed.record(EventInfo(kind: .lost, message: "number \(number)")) }
        await live.touch()
        await signals.next()
        let second = await live.changes(since: &seen)
        #expect(second.contains("event: events\n") && second.contains("number 4") && !second.contains("event: map"))
        #expect(second.split(separator: "\n").allSatisfy { $0.hasPrefix("event: ") || $0.hasPrefix("data: \"") })
        for client in clients { await live.leave(client) }
        #expect(await live.clientCount == 0)
    }
}
