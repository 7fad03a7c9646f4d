package import ControlAPI
internal import Glibc

/// Follows feltd's events on a thread of its own, and connects again, ever less often, while feltd is away.
package struct EventWatcher: Sendable {
    package enum News: Sendable {
        /// feltd is there: from here on no event is missed.
        case connected
        case happened(EventInfo)
        /// feltd is not there, or no longer; once for each time it goes.
        case lost(String)
    }

    private let path: String
    private let shortestWait: Double
    private let longestWait: Double

    /// - Parameters:
    ///   - shortestWait: seconds before the first attempt to connect again; each wait is twice the one before.
    ///   - longestWait: and never more than this.
    package init(path: String, shortestWait: Double = 0.25, longestWait: Double = 10) {
        self.path = path
        self.shortestWait = shortestWait
        self.longestWait = longestWait
    }

    /// Starts the thread. It ends when nobody takes the news any more and feltd says the next thing.
    /// - Returns: the news; a reader that is too slow misses the oldest.
    package func start() -> AsyncStream<News> {
        let (news, continuation) = AsyncStream.makeStream(of: News.self, bufferingPolicy: .bufferingNewest(1_024))
        let job = Unmanaged.passRetained(Job(watcher: self, continuation: continuation))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, job.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            job.release()
            continuation.yield(.lost("no thread could be started to follow events: \(String(cString: strerror(code)))"))
            continuation.finish()
        }
        return news
    }

    private final class Job: Sendable {
        private struct NobodyListens: Error {}

        private let watcher: EventWatcher
        private let continuation: AsyncStream<News>.Continuation

        init(watcher: EventWatcher, continuation: AsyncStream<News>.Continuation) {
            self.watcher = watcher
            self.continuation = continuation
        }

        func run() {
            var wait = watcher.shortestWait
            var wasLost = false
            while true {
                do {
                    try ControlClient(path: watcher.path, timeout: 5).watch { event in
                        (wait, wasLost) = (watcher.shortestWait, false)
                        try tell(event.kind == .watching ? .connected : .happened(event))
                        return true
                    }
                } catch is NobodyListens {
                    return
                } catch {
                    if !wasLost, (try? tell(.lost("\(error)"))) == nil { return }
                    wasLost = true
                }
                usleep(UInt32(wait * 1e6))
                wait = min(wait * 2, watcher.longestWait)
            }
        }

        private func tell(_ news: News) throws {
            if case .terminated = continuation.yield(news) { throw NobodyListens() }
        }
    }
}
