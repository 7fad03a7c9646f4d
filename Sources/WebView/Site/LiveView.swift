internal import ControlAPI

/// The page as it is now, for all who follow it: rendered once for everybody, and only while somebody looks.
///
/// A follower is told that there is something new, never what; it then takes what differs from what it has. So a slow one
/// skips what it was too slow for, and nothing is kept for it.
package actor LiveView {
    package static let mostClients = 32
    /// While somebody looks, at least this often: round trips and ages change without an event.
    private static let period = Duration.seconds(5)
    /// And at most this often, whatever happens.
    private static let shortestPeriod = Duration.milliseconds(500)

    /// One that follows.
    package struct Client: Sendable {
        package let number: UInt64
        /// Something may have changed, or five seconds have gone by.
        package let signals: AsyncStream<Void>
    }

    private let feed: Feed
    private let wakeups: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private var sections: [Section: (text: String, version: Int)] = [:]
    private var clients: [UInt64: AsyncStream<Void>.Continuation] = [:]
    private var lastNumber: UInt64 = 0
    private var ticker: Task<Void, Never>?

    package init(feed: Feed) {
        self.feed = feed
        (wakeups, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package var clientCount: Int { clients.count }

    /// - Returns: `nil` when there are too many already.
    package func join() -> Client? {
        guard clients.count < Self.mostClients else { return nil }
        lastNumber += 1
        let (signals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        clients[lastNumber] = continuation
        ticker =
            ticker
            ?? Task {
                while !Task.isCancelled {
                    wake.yield()
                    try? await Task.sleep(for: Self.period)
                }
            }
        wake.yield()
        return Client(number: lastNumber, signals: signals)
    }

    package func leave(_ client: Client) {
        clients.removeValue(forKey: client.number)?.finish()
        if clients.isEmpty {
            ticker?.cancel()
            ticker = nil
        }
    }

    /// Something has happened.
    package func touch() { wake.yield() }

    /// Renders when there is something new and tells those who follow, until cancelled.
    package func run() async {
        for await _ in wakeups {
            guard !clients.isEmpty else { continue }
            await refresh()
            for client in clients.values { client.yield() }
            try? await Task.sleep(for: Self.shortestPeriod)
        }
    }

    private func refresh() async {
        let snapshot = await feed.snapshot(maxAge: Self.shortestPeriod / 2)
        for (section, text) in Section.render(snapshot, await feed.events) where sections[section]?.text != text {
            sections[section] = (text, (sections[section]?.version ?? 0) + 1)
        }
    }

    /// What differs from the versions in `seen`, as server-sent events (WHATWG HTML §9.2); a comment when nothing does, so
    /// that a dead connection is noticed.
    package func changes(since seen: inout [Section: Int]) -> String {
        var text = ""
        for section in Section.allCases {
            guard let current = sections[section], seen[section] != current.version else { continue }
            seen[section] = current.version
            text += "event: \(section.rawValue)\ndata: "
            JSONValue.quote(current.text, into: &text)
            text += "\n\n"
        }
        return text.isEmpty ? ":\n\n" : text
    }
}
