import Addressing
import Glibc
import LeaseLedger
import Testing

@testable import Agent

@Suite struct `Event loop` {
    /// An actor on a loop, as the daemon is one.
    private actor Resident {
        nonisolated let loop: EventLoop
        private(set) var ticks: [Instant] = []
        private(set) var datagrams: [[UInt8]] = []
        private var threads: Set<UInt> = []
        private let told: AsyncStream<Void>.Continuation
        nonisolated let news: AsyncStream<Void>

        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

        init(_ loop: EventLoop) {
            self.loop = loop
            (news, told) = AsyncStream.makeStream()
        }

        nonisolated func attach() {
            loop.attach(
                EventLoop.Handlers(
                    datagrams: { [weak self] batch in self?.assumeIsolated { $0.take(batch) } }, unreachable: { _ in },
                    tick: { [weak self] in self?.assumeIsolated { $0.tick() } }))
        }

        func wake(at deadline: Instant) {
            noteThread()
            loop.wake(at: deadline)
        }

        /// A deadline that is due, and nobody to tell, in one turn of the loop.
        func detach(with deadline: Instant) {
            loop.wake(at: deadline)
            loop.attach(nil)
        }

        /// On how many threads its code has run.
        func threadCount() -> Int {
            noteThread()
            return threads.count
        }

        private func take(_ batch: [ReceivedDatagram]) {
            noteThread()
            datagrams += batch.map(\.bytes)
            told.yield()
        }

        private func tick() {
            noteThread()
            ticks.append(BootClock().now)
            told.yield()
        }

        private func noteThread() { threads.insert(UInt(pthread_self())) }
    }

    private static func loopback() throws -> UDPSocket {
        try UDPSocket(binding: Endpoint(address: try AnyIPAddress(parsing: "127.0.0.1"), port: 0))
    }

    private static func resident(_ socket: UDPSocket) throws -> Resident {
        let loop = try #require(EventLoop(socket: socket))
        loop.start()
        let resident = Resident(loop)
        resident.attach()
        return resident
    }

    @Test func `calls, datagrams and deadlines run on one thread`() async throws {
        let (socket, sender) = (try Self.loopback(), try Self.loopback())
        let resident = try Self.resident(socket)
        var news = resident.news.makeAsyncIterator()
        sender.send([1, 2, 3], to: socket.localEndpoint)
        await news.next()
        #expect(await resident.datagrams == [[1, 2, 3]])
        await resident.wake(at: BootClock().now)
        await news.next()
        #expect(await resident.ticks.count == 1)
        #expect(await resident.threadCount() == 1)
        socket.stop()
    }

    @Test func `a deadline is never early, and a later word replaces it`() async throws {
        let socket = try Self.loopback()
        let resident = try Self.resident(socket)
        var news = resident.news.makeAsyncIterator()
        let deadline = BootClock().now + .milliseconds(50)
        await resident.wake(at: deadline + .seconds(3_600))
        await resident.wake(at: deadline)
        await news.next()
        let ticks = await resident.ticks
        #expect(ticks.count == 1)
        #expect(try #require(ticks.first) >= deadline)
        socket.stop()
    }

    @Test func `many calls from many tasks all run`() async throws {
        let socket = try Self.loopback()
        let resident = try Self.resident(socket)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<500 { group.addTask { _ = await resident.threadCount() } }
        }
        #expect(await resident.threadCount() == 1)
        socket.stop()
    }

    @Test func `once detached it hands nothing on`() async throws {
        let (socket, sender) = (try Self.loopback(), try Self.loopback())
        let resident = try Self.resident(socket)
        await resident.detach(with: BootClock().now)
        sender.send([1], to: socket.localEndpoint)
        // Back and forth, until the datagram and the deadline were passed over or would have come.
        let end = ContinuousClock.now + .milliseconds(60)
        while ContinuousClock.now < end { _ = await resident.threadCount() }
        #expect(await resident.datagrams.isEmpty)
        #expect(await resident.ticks.isEmpty)
        socket.stop()
    }
}
