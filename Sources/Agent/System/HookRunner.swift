internal import Addressing
internal import ControlAPI
internal import Glibc
internal import Logging
internal import Synchronization

/// Tells hooks what happens: every executable of a folder, one after another, once an event.
///
/// It works on a thread of its own, which sleeps while there is nothing to tell. A hook that hangs delays hooks and
/// nothing else; what comes while too much waits is left out, and said so.
final class HookRunner: Sendable {
    private struct Waiting {
        var events: [[UInt8]] = []
        var isRunning = false
        var dropped = 0
    }

    static let longestQueue = 64
    private let directory: HookDirectory
    /// Milliseconds that one run may take.
    private let limit: Int32
    private let log: Logger
    private let waiting = Mutex(Waiting())

    init(directory: HookDirectory, limit: Int32 = 10_000, log: Logger) {
        self.directory = directory
        self.limit = limit
        self.log = log
    }

    func tell(_ event: EventInfo) {
        let json = Array(event.json.line.utf8)
        let mustStart = waiting.withLock { waiting in
            guard waiting.events.count < Self.longestQueue else {
                waiting.dropped += 1
                return false
            }
            waiting.events.append(json)
            guard !waiting.isRunning else { return false }
            waiting.isRunning = true
            return true
        }
        guard mustStart else { return }
        if !Threads.startIfPossible({ self.work() }) {
            waiting.withLock { $0.isRunning = false }
        }
    }

    /// Events that wait.
    var queued: Int { waiting.withLock { $0.events.count } }

    private func work() {
        while let event = next() {
            let found = directory.executables()
            for (path, why) in found.refused {
                log.warning("hook \(quoted(path)) is not run: \(why)", id: "hook-refused")
            }
            for path in found.paths { report(path, HookProcess.run(path, input: event, limit: limit)) }
        }
    }

    private func next() -> [UInt8]? {
        let (event, dropped) = waiting.withLock { waiting -> ([UInt8]?, Int) in
            defer { waiting.dropped = 0 }
            guard !waiting.events.isEmpty else {
                waiting.isRunning = false
                return (nil, waiting.dropped)
            }
            return (waiting.events.removeFirst(), waiting.dropped)
        }
        if dropped > 0 {
            log.warning("\(dropped) events were not told to hooks: they came faster than hooks ran", id: "hook-dropped")
        }
        return event
    }

    private func report(_ path: String, _ outcome: HookProcess.Outcome) {
        let what: String
        switch outcome {
        case .done: return
        case .failed(let status): what = "ended with status \(status)"
        case .killed(let signal): what = "was ended by signal \(signal)"
        case .tooLong: what = "ran longer than \(limit / 1_000) s and was ended"
        case .notStarted(let code): what = "cannot be started: \(String(cString: strerror(code)))"
        }
        log.warning("hook \(quoted(path)) \(what)", id: "hook-failed")
    }
}
