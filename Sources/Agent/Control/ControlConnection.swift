internal import ControlAPI
internal import Glibc

/// One connected client as the server sees it. Everything it may fill is bounded: while a request is worked on or an
/// answer is unsent nothing more is read from it.
struct ControlConnection {
    enum Phase {
        /// Takes the next request.
        case reading
        /// A request is being worked on.
        case answering(id: Int64)
        /// Is told what happens, under the id of its request.
        case watching(id: Int64)
    }

    /// Unsent bytes of events that are kept for a watcher that reads slowly.
    static let longestBacklog = 128 << 10
    /// Lines in a row that are no request.
    static let mostBadLines = 32

    let descriptor: Int32
    /// Tells it from a later client with the same descriptor.
    let number: UInt64
    /// Whether it may ask for more than to read (see `ControlMethods.forReaders`).
    let mayChange: Bool
    var phase = Phase.reading
    var badLines = 0
    /// Ends when all is sent.
    var isClosing = false
    /// Ends now.
    var isBroken = false
    /// When it last did something.
    private(set) var lastProgress: ContinuousClock.Instant
    private var input: [UInt8] = []
    private var searched = 0
    private var inputEnded = false
    private var output: [UInt8] = []
    private var sent = 0

    init(descriptor: Int32, number: UInt64, now: ContinuousClock.Instant) {
        self.descriptor = descriptor
        self.number = number
        mayChange = PeerUser.isTrusted(descriptor)
        lastProgress = now
    }

    var unsent: Int { output.count - sent }
    var isWatching: Bool { if case .watching = phase { true } else { false } }
    private var isReading: Bool { if case .reading = phase { !isClosing && unsent == 0 } else { false } }
    /// Connected, and asks nothing.
    var isIdle: Bool { isReading && input.isEmpty }
    var isDone: Bool { isBroken || isClosing && unsent == 0 }

    /// What poll(2) should wait for.
    var interest: Int16 {
        (isReading && !inputEnded ? Int16(POLLIN) : 0) | (unsent > 0 ? Int16(POLLOUT) : 0)
    }

    mutating func append(_ line: [UInt8], now: ContinuousClock.Instant) {
        // Whoever stalls is timed from the first byte that waits.
        if unsent == 0 {
            output = []
            sent = 0
            lastProgress = now
        }
        output += line
    }

    /// Takes in what poll(2) reported.
    mutating func handle(_ events: Int16, now: ContinuousClock.Instant) {
        if events & Int16(POLLIN) != 0 {
            read(now: now)
        } else if events & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 {
            // Nobody is there to be answered. It would be reported again and again.
            isBroken = true
        }
    }

    /// The next line that is not blank, without its break. The last one may lack the break.
    mutating func nextLine() -> [UInt8]? {
        while isReading {
            if let end = input[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(input[..<end])
                input.removeFirst(end + 1)
                searched = 0
                if Self.isBlank(line) { continue }
                return line
            }
            searched = input.count
            guard inputEnded else { return nil }
            defer {
                input = []
                searched = 0
            }
            if Self.isBlank(input) {
                isClosing = true
                return nil
            }
            return input
        }
        return nil
    }

    /// A line that has grown too long.
    var isOverlong: Bool { isReading && input.count > ControlProtocol.longestRequest && searched == input.count }

    mutating func send(now: ContinuousClock.Instant) {
        while unsent > 0, !isBroken {
            let count = output[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count > 0 {
                sent += count
                lastProgress = now
            } else if errno == EAGAIN {
                break
            } else if errno != EINTR {
                isBroken = true
            }
        }
        if unsent == 0 {
            output = []
            sent = 0
        } else if sent > Self.longestBacklog {
            output.removeFirst(sent)
            sent = 0
        }
    }

    private mutating func read(now: ContinuousClock.Instant) {
        var count = 0
        input.append(
            contentsOf: [UInt8](unsafeUninitializedCapacity: 16 << 10) { space, initialized in
                count = recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
                initialized = max(0, count)
            })
        if count > 0 {
            lastProgress = now
        } else if count == 0 {
            inputEnded = true
        } else if errno != EAGAIN, errno != EINTR {
            isBroken = true
        }
    }

    private static func isBlank(_ line: [UInt8]) -> Bool {
        line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}
