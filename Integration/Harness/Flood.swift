internal import Glibc
internal import Synchronization

/// Sends datagrams over and over from a thread of its own, as fast as this machine does if it is not told to pause; from the
/// namespace in which it was made.
final class Flood {
    private final class Work {
        let sender: DatagramSender
        let datagrams: [[UInt8]]
        let pause: UInt32
        let isEnding = Atomic(false)
        let sent = Atomic(0)

        init(_ sender: DatagramSender, _ datagrams: [[UInt8]], _ pause: UInt32) {
            self.sender = sender
            self.datagrams = datagrams
            self.pause = pause
        }

        func run() {
            while !isEnding.load(ordering: .relaxed) {
                for datagram in datagrams { sender.send(datagram, pause: pause) }
                sent.add(datagrams.count, ordering: .relaxed)
            }
        }
    }

    private let work: Work
    private var thread: pthread_t?

    /// - Parameter pause: microseconds after each datagram.
    init(_ datagrams: [[UInt8]], to address: String, port: UInt16, pause: UInt32 = 0) throws {
        work = Work(try DatagramSender(to: address, port: port), datagrams, pause)
        var started = pthread_t()
        let passed = Unmanaged.passRetained(work)
        let code = pthread_create(
            &started, nil,
            { pointer in
                if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            }, passed.toOpaque())
        guard code == 0 else {
            passed.release()
            throw LabError(call: "pthread_create", errno: code)
        }
        thread = started
    }

    deinit { stop() }

    /// Ends it.
    /// - Returns: how many were sent.
    @discardableResult func stop() -> Int {
        if let thread {
            work.isEnding.store(true, ordering: .relaxed)
            pthread_join(thread, nil)
        }
        thread = nil
        return work.sent.load(ordering: .relaxed)
    }
}
