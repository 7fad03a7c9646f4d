internal import Glibc
internal import Synchronization

/// How other threads reach the server's: answers, events and the wish to stop, and a pipe that wakes it from poll(2).
final class ControlMailbox: Sendable {
    struct Contents {
        var answers: [(client: UInt64, line: [UInt8])] = []
        /// Events as JSON.
        var events: [[UInt8]] = []
        /// More happened than is kept.
        var lostEvents = false
        var isStopping = false
        fileprivate var isWoken = false
    }

    static let mostEvents = 1_024

    private let contents = Mutex(Contents())
    private let watchers = Atomic<Int>(0)
    private let wakeEnd: Int32
    /// Readable when there is something to take.
    let descriptor: Int32

    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        descriptor = ends[0]
        wakeEnd = ends[1]
    }

    deinit {
        close(descriptor)
        close(wakeEnd)
    }

    /// Whether an event reaches anybody.
    var hasWatchers: Bool { watchers.load(ordering: .acquiring) > 0 }

    func setWatchers(_ count: Int) { watchers.store(count, ordering: .releasing) }

    /// One a client at most is under way, so their number is bounded and none is ever lost.
    func answer(_ client: UInt64, _ line: [UInt8]) { post { $0.answers.append((client, line)) } }

    func event(_ json: [UInt8]) {
        post { contents in
            if contents.events.count < Self.mostEvents {
                contents.events.append(json)
            } else {
                contents.lostEvents = true
            }
        }
    }

    func stop() { post { $0.isStopping = true } }

    func take() -> Contents {
        var bytes: (UInt64, UInt64) = (0, 0)
        _ = withUnsafeMutableBytes(of: &bytes) { read(descriptor, $0.baseAddress, $0.count) }
        return contents.withLock { contents in
            defer { contents = Contents() }
            return contents
        }
    }

    private func post(_ change: (inout Contents) -> Void) {
        let mustWake = contents.withLock { contents in
            change(&contents)
            defer { contents.isWoken = true }
            return !contents.isWoken
        }
        guard mustWake else { return }
        var byte: UInt8 = 1
        _ = write(wakeEnd, &byte, 1)
    }
}
