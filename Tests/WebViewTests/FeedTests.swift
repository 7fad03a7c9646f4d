import Glibc
import Synchronization
import TestSupport
import Testing

@testable import ControlAPI
@testable import WebView

@Suite struct FeedTests {
    private func feed(_ path: String, timeout: Double = 20) -> Feed {
        let reader = ControlReader(path: path, timeout: timeout)
        return Feed { await reader.read() }
    }

    @Test func `a feltd that comes, goes and comes again is followed by itself`() async throws {
        let path = "/tmp/felt-web-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        let feed = feed(path)
        var snapshot = await feed.snapshot(maxAge: .zero)
        #expect(!snapshot.isUp && snapshot.ageSeconds == nil)
        #expect(snapshot.problem?.contains("not running") == true)
        for _ in 0..<2 {
            let feltd = try FakeFeltd(.answers(FakeCluster(size: 3).answers), path: path)
            snapshot = await feed.snapshot(maxAge: .zero)
            #expect(
                snapshot.isUp && snapshot.problem == nil && snapshot.leases.count == 3 && snapshot.unreadiness == nil)
            feltd.stop()
            snapshot = await feed.snapshot(maxAge: .zero)
            #expect(!snapshot.isUp && snapshot.leases.count == 3 && snapshot.ageSeconds != nil)
        }
        #expect(await feed.failures == 3)
    }

    @Test func `however many ask, feltd is asked once`() async throws {
        let feltd = try FakeFeltd(.answers(FakeCluster(size: 3).answers))
        let feed = feed(feltd.path)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { #expect(await feed.snapshot(maxAge: .seconds(600)).isUp) } }
        }
        #expect(feltd.connections == 1)
    }

    @Test func `a feltd that is down is not asked more often for it`() async {
        let asked = Mutex(0)
        let feed = Feed {
            asked.withLock { $0 += 1 }
            return Reading(problem: "away")
        }
        for _ in 0..<50 { #expect(await feed.snapshot(maxAge: .seconds(600)).problem == "away") }
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func `a feltd that does not answer is said to be slow`() async throws {
        let feltd = try FakeFeltd(.pieces([]))
        let snapshot = await feed(feltd.path, timeout: 0.05).snapshot()
        #expect(!snapshot.isUp && snapshot.problem?.contains("did not answer within 0.05 s") == true)
    }

    @Test(arguments: ["list", "members", "version"])
    func `an older feltd that knows less is shown as far as it answers`(method: String) async throws {
        var answers = FakeCluster(size: 3).answers
        answers[method] = [#""error":{"code":"unknownMethod","message":"no method \#(method)"}"#]
        let feltd = try FakeFeltd(answers)
        let snapshot = await feed(feltd.path).snapshot()
        #expect(snapshot.isUp && snapshot.problem == "no method \(method)")
        #expect(snapshot.unreadiness == nil)
    }

    @Test func `an answer in other words is said to be so`() async throws {
        var answers = FakeCluster(size: 3).answers
        answers["status"] = [#""result":{"novel":1}"#]
        let feltd = try FakeFeltd(answers)
        let snapshot = await feed(feltd.path).snapshot()
        #expect(!snapshot.isUp && snapshot.problem?.contains("feltd's answer is not understood") == true)
    }

    @Test func `of the events a hundred are kept, the newest first`() async {
        let feed = Feed { Reading() }
        for number in 0..<250 { await feed.record(EventInfo(kind: .claimed, message: "\(number)", ageSeconds: .nan)) }
        let events = await feed.events
        #expect(events.count == Feed.mostEvents)
        #expect(events.first?.info.message == "249" && events.last?.info.message == "150")
    }

    @Test func `events are followed across feltd's restarts, and a feltd away is said once`() async throws {
        let path = "/tmp/felt-web-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        var news = EventWatcher(path: path, shortestWait: 0.01, longestWait: 0.02).start().makeAsyncIterator()
        guard case .lost(let reason)? = await news.next() else { throw Missing() }
        #expect(reason.contains("not running"))
        for round in 0..<2 {
            let feltd = try FakeFeltd(.answers(FakeCluster(size: 3).answers), path: path)
            guard case .connected? = await news.next() else { throw Missing() }
            // The watcher is registered a moment after it is answered.
            while !feltd.hasWatchers { try await Task.sleep(for: .milliseconds(2)) }
            feltd.tell(#""result":{"kind":"lost","message":"\#(round)"}"#)
            guard case .happened(let event)? = await news.next() else { throw Missing() }
            #expect(event.message == "\(round)")
            feltd.stop()
            guard case .lost? = await news.next() else { throw Missing() }
        }
    }

    private struct Missing: Error {}
}
