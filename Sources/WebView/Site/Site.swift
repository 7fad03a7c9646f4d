internal import ControlAPI

/// What is served under which path.
package struct Site: Sendable {
    package let feed: Feed
    package let live: LiveView
    private let dataplane: DataplaneFeed
    /// Whether only this machine reaches it: then a page under another name is one that a browser was tricked into.
    private let isLocal: Bool

    package init(feed: Feed, live: LiveView, dataplane: DataplaneFeed, isLocal: Bool) {
        self.feed = feed
        self.live = live
        self.dataplane = dataplane
        self.isLocal = isLocal
    }

    /// - Parameters:
    ///   - target: the path and query as the request line has them.
    ///   - host: the Host header.
    package func answer(method: String, target: String, host: String?) async -> Answer {
        guard method == "GET" || method == "HEAD" else {
            return .line(
                405, "\(method.cut(16)) is not possible here: everything is read with GET", [("Allow", "GET, HEAD")])
        }
        guard !isLocal || Self.isOwnName(host) else {
            return .line(
                421,
                "felt-web listens on this machine only, and does not answer as \(host?.cut(64) ?? ""); "
                    + "use localhost, or start it with --listen on an address that others reach")
        }
        let query = Query(target: target)
        if let asset = Assets.answer(query.path) { return asset }
        switch query.path {
        case "/": return await page()
        case "/healthz": return .line(200, "ok")
        case "/readyz":
            let reason = await feed.snapshot().unreadiness
            return .line(reason == nil ? 200 : 503, reason ?? "ready")
        case "/metrics":
            let process = ClusterMetrics.Process(
                streamClients: await live.clientCount, failedReadings: await feed.failures)
            return Answer(
                200, "text/plain; version=0.0.4; charset=utf-8",
                text: ClusterMetrics.text(await feed.snapshot(), process))
        case "/stream": return await stream(method)
        case "/trace": return await trace(query)
        case _ where query.path.hasPrefix("/api/"): return await interface(query)
        default: return .line(404, "nothing is at \(query.path.cut(128)); see /, /metrics, /healthz, /readyz")
        }
    }

    /// A name that a foreign site can make point here is neither an address nor localhost (DNS rebinding).
    private static func isOwnName(_ host: String?) -> Bool {
        guard let host, !host.isEmpty else { return true }
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) : String(host.prefix { $0 != ":" })
        return name.hasPrefix("[") || name.lowercased() == "localhost"
            || name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private func page(trace: (address: String, answer: String)? = nil, status: Int = 200) async -> Answer {
        let snapshot = await feed.snapshot()
        let sections = Section.render(snapshot, await feed.events)
        return Answer(status, "text/html; charset=utf-8", text: Page.html(snapshot, sections, trace: trace))
    }

    private func stream(_ method: String) async -> Answer {
        let type = "text/event-stream"
        guard method == "GET" else { return Answer(200, type, text: "") }
        guard let client = await live.join() else {
            return .line(
                503, "\(LiveView.mostClients) browsers follow already; close one, or try again", [("Retry-After", "15")]
            )
        }
        return Answer(200, type, .events(client))
    }

    /// The whole page for a browser without JavaScript; with `part`, only the answer.
    private func trace(_ query: Query) async -> Answer {
        let address = (query["address"] ?? "").trimmed
        let snapshot = await feed.snapshot()
        let (html, status): (String, Int)
        do {
            html = TraceView.html(try await traced(address, snapshot), snapshot)
            status = 200
        } catch {
            html = TraceView.error(error.message)
            status = 400
        }
        if query["part"] != nil { return Answer(status, "text/html; charset=utf-8", text: html) }
        return await page(trace: (String(address.prefix(64)), html), status: status)
    }

    private func traced(_ address: String, _ snapshot: ClusterSnapshot) async throws(ControlError) -> TraceResult {
        var trace = try TraceResult(address, in: snapshot)
        if snapshot.isUp, let subnet = trace.subnet {
            trace.follow(await dataplane.answer(for: subnet), in: snapshot)
        }
        return trace
    }

    private func interface(_ query: Query) async -> Answer {
        let snapshot = await feed.snapshot()
        guard snapshot.isUp || query.path == "/api/events" else {
            return json(503, ControlError(.unavailable, snapshot.problem ?? "feltd has not been asked yet"))
        }
        switch query.path {
        case "/api/status": return json(200, snapshot.status)
        case "/api/leases": return json(200, snapshot.leases)
        case "/api/members": return json(200, snapshot.members)
        case "/api/events":
            return json(
                200,
                await feed.events.map { event in
                    var info = event.info
                    info.ageSeconds = event.ageSeconds
                    return info
                })
        case "/api/trace":
            do {
                return json(200, try await traced((query["address"] ?? "").trimmed, snapshot))
            } catch {
                return json(400, error)
            }
        default:
            return json(
                404, ControlError(.notFound, "there is /api/status, leases, members, events and trace?address=ADDRESS"))
        }
    }

    private func json(_ status: Int, _ value: some Encodable) -> Answer {
        let text = (try? JSONValue(encoding: value))?.pretty ?? "null"
        return Answer(status, "application/json", text: text + "\n")
    }
}

extension String {
    fileprivate var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
