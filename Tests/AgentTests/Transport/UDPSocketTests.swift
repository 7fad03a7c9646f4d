import Addressing
import Glibc
import Synchronization
import Testing

@testable import Agent

@Suite(.serialized) struct UDPSocketTests {
    @Test func `what the kernel refuses to send is counted, and the reason given`() throws {
        let socket = try UDPSocket(binding: try Self.loopback())
        let other = try UDPSocket(binding: try Self.loopback())
        #expect(socket.send([1], to: other.localEndpoint) == 0)
        // Nobody has asked to send to all (SO_BROADCAST, socket(7)).
        #expect(socket.send([1], to: try Self.loopback("255.255.255.255", port: 9)) == EACCES)
        #expect(socket.counters["sendFailures"] == 1)
    }

    private static func loopback(_ text: String = "127.0.0.1", port: UInt16 = 0) throws -> Endpoint {
        Endpoint(address: try AnyIPAddress(parsing: text), port: port)
    }

    /// What one socket receives, and when its thread ends.
    private struct Receiver {
        enum Event: Equatable, Sendable {
            case datagram(ReceivedDatagram)
            case unreachable(Endpoint)
        }

        let socket: UDPSocket
        let events: AsyncStream<Event>

        init(_ socket: UDPSocket) {
            self.socket = socket
            let (events, continuation) = AsyncStream.makeStream(of: Event.self)
            self.events = events
            Threads.start {
                socket.receive(
                    datagrams: { for datagram in $0 { continuation.yield(.datagram(datagram)) } },
                    unreachable: { continuation.yield(.unreachable($0)) })
                continuation.finish()
            }
        }

        func first(_ count: Int) async -> [Event] {
            var taken: [Event] = []
            for await event in events {
                taken.append(event)
                if taken.count == count { break }
            }
            return taken
        }
    }

    @Test(arguments: ["127.0.0.1", "::1"]) func `datagrams go to and fro, with their sender`(address: String)
        async throws
    {
        let first = try UDPSocket(binding: Self.loopback(address))
        let second = try UDPSocket(binding: Self.loopback(address))
        let (atFirst, atSecond) = (Receiver(first), Receiver(second))
        let payloads = [[], [1], [UInt8](repeating: 7, count: UDPSocket.longestDatagram)] as [[UInt8]]
        for payload in payloads { first.send(payload, to: second.localEndpoint) }
        let expected = payloads.map { ReceivedDatagram(bytes: $0, source: first.localEndpoint) }
        #expect(await atSecond.first(3) == expected.map { .datagram($0) })
        second.send([9], to: first.localEndpoint)
        #expect(await atFirst.first(1) == [.datagram(ReceivedDatagram(bytes: [9], source: second.localEndpoint))])
        first.stop()
        second.stop()
        for await _ in atFirst.events {}
        for await _ in atSecond.events {}
    }

    @Test func `fragments are allowed, and the kernel keeps a burst`() throws {
        let socket = try UDPSocket(binding: Self.loopback())
        func option(_ level: Int32, _ name: Int32) -> Int32 {
            var value: Int32 = -1
            var length = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(socket.descriptor, level, name, &value, &length) == 0 ? value : -1
        }
        #expect(option(Int32(IPPROTO_IP), IP_MTU_DISCOVER) == IP_PMTUDISC_DONT)
        #expect(option(SOL_SOCKET, SO_RCVBUF) >= 200_000)
    }

    @Test func `a datagram that is too long is dropped and counted`() async throws {
        let (sender, socket) = (try UDPSocket(binding: Self.loopback()), try UDPSocket(binding: Self.loopback()))
        let receiver = Receiver(socket)
        for length in [UDPSocket.longestDatagram + 1, 9_000, 60_000, 3] {
            sender.send([UInt8](repeating: 1, count: length), to: socket.localEndpoint)
        }
        #expect(
            await receiver.first(1) == [.datagram(ReceivedDatagram(bytes: [1, 1, 1], source: sender.localEndpoint))])
        #expect(socket.counters["datagramsTruncated"] == 3)
        socket.stop()
    }

    @Test func `a closed port is told, with the endpoint, and sending to others goes on`() async throws {
        let socket = try UDPSocket(binding: Self.loopback())
        let other = try UDPSocket(binding: Self.loopback())
        // Nobody listens there, and no test beside this one is given it.
        let closed = Endpoint(address: socket.localEndpoint.address, port: 1)
        let (receiver, atOther) = (Receiver(socket), Receiver(other))
        socket.send([1], to: closed)
        #expect(await receiver.first(1) == [.unreachable(closed)])
        for number in 0..<20 as Range<UInt8> {
            socket.send([number], to: closed)
            socket.send([number], to: other.localEndpoint)
        }
        let arrived = await atOther.first(20)
        #expect(arrived == (0..<20).map { .datagram(ReceivedDatagram(bytes: [$0], source: socket.localEndpoint)) })
        #expect(socket.counters["sendFailures"] == 0)
        socket.stop()
        other.stop()
    }

    @Test func `an address in use is said, with what to do`() throws {
        let first = try UDPSocket(binding: Self.loopback())
        let error = #expect(throws: SocketError.self) { try UDPSocket(binding: first.localEndpoint) }
        #expect(error?.code == EADDRINUSE)
        #expect(error?.description.contains("address in use") == true && error?.description.contains("--bind") == true)
        #expect(error?.description.contains("\(first.localEndpoint)") == true)
    }

    @Test func `an address that no interface has is said`() throws {
        // TEST-NET-1 (RFC 5737): nobody's.
        let error = #expect(throws: SocketError.self) { try UDPSocket(binding: Self.loopback("192.0.2.1")) }
        #expect(error?.code == EADDRNOTAVAIL && error?.description.contains("192.0.2.1") == true)
    }

    @Test func `what cannot be sent is counted and stops nothing`() throws {
        let socket = try UDPSocket(binding: Self.loopback())
        socket.send([1], to: try Self.loopback("::1", port: 9))
        socket.send([UInt8](repeating: 0, count: 70_000), to: socket.localEndpoint)
        #expect(socket.counters["sendFailures"] == 2)
    }

    @Test func `receiving ends at once when it is stopped, also before it began`() async throws {
        let socket = try UDPSocket(binding: Self.loopback())
        socket.stop()
        for await _ in Receiver(socket).events {}
    }

    @Test func `receiving ends though datagrams that are dropped never end`() async throws {
        let (sender, socket) = (try UDPSocket(binding: Self.loopback()), try UDPSocket(binding: Self.loopback()))
        let isOver = Mutex(false)
        Threads.start {
            let long = [UInt8](repeating: 1, count: 2_000)
            while !isOver.withLock({ $0 }) { sender.send(long, to: socket.localEndpoint) }
        }
        let receiver = Receiver(socket)
        while socket.counters["datagramsTruncated"] == 0 { await Task.yield() }
        socket.stop()
        for await _ in receiver.events {}
        isOver.withLock { $0 = true }
    }

    @Test func `no descriptor is left behind`() throws {
        // A descriptor that is not closed keeps its port; one that is closed gives it back.
        let endpoint = try UDPSocket(binding: Self.loopback()).localEndpoint
        for _ in 0..<50 { _ = try UDPSocket(binding: endpoint) }
    }
}
