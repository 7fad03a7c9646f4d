import Addressing
import Glibc
import Synchronization
import Testing

@testable import Agent

@Suite struct TransportTests {
    private let loopback = AnyIPAddress.v4(IPv4Address(bits: 0x7F00_0001))

    private func socket() throws -> UDPSocket { try UDPSocket(binding: Endpoint(address: loopback, port: 0)) }

    /// Receives on a thread until `count` things have come.
    private func collect(
        _ socket: UDPSocket, count: Int, _ send: () -> Void
    ) async -> (datagrams: [ReceivedDatagram], refused: [Endpoint]) {
        let (stream, continuation) = AsyncStream.makeStream(of: (ReceivedDatagram?, Endpoint?).self)
        Threads.start {
            socket.receive(
                datagrams: { $0.forEach { continuation.yield(($0, nil)) } },
                unreachable: { continuation.yield((nil, $0)) })
            continuation.finish()
        }
        send()
        var datagrams: [ReceivedDatagram] = []
        var refused: [Endpoint] = []
        for await (datagram, endpoint) in stream {
            if let datagram { datagrams.append(datagram) }
            if let endpoint { refused.append(endpoint) }
            if datagrams.count + refused.count >= count { socket.stop() }
        }
        return (datagrams, refused)
    }

    @Test func `datagrams arrive whole with their source, empty ones too, and one that is too long does not`()
        async throws
    {
        let (sender, receiver) = (try socket(), try socket())
        let sent = [[], [1], Array(repeating: 2, count: 1_400)] as [[UInt8]]
        let received = await collect(receiver, count: 3) {
            sender.send(Array(repeating: 9, count: 2_000), to: receiver.localEndpoint)
            for bytes in sent { sender.send(bytes, to: receiver.localEndpoint) }
        }
        #expect(received.datagrams.map(\.bytes) == sent)
        #expect(received.datagrams.allSatisfy { $0.source == sender.localEndpoint })
        #expect(receiver.counters["datagramsTruncated"] == 1)
    }

    @Test func `a port that nobody listens on is told by its endpoint`() async throws {
        let sender = try socket()
        let gone = try { try socket().localEndpoint }()
        let received = await collect(sender, count: 1) { sender.send([1], to: gone) }
        #expect(received.refused == [gone])
    }

    @Test func `a port in use and a foreign address are refused with what to do`() throws {
        let taken = try socket()
        let inUse = #expect(throws: SocketError.self) { try UDPSocket(binding: taken.localEndpoint) }
        #expect(inUse?.description.contains("address in use") == true)
        let foreign = Endpoint(address: .v4(try IPv4Address(parsing: "203.0.113.1")), port: 0)
        let error = #expect(throws: SocketError.self) { try UDPSocket(binding: foreign) }
        #expect(error?.description.contains("--bind") == true)
    }

    @Test func `an address resolves to itself, with the port it names or the default`() async throws {
        let plain = await Resolver.resolve(try HostPort(parsing: "127.0.0.1"), defaultPort: 8473)
        #expect(plain == [Endpoint(address: loopback, port: 8473)])
        let named = await Resolver.resolve(try HostPort(parsing: "localhost:99"), defaultPort: 8473)
        #expect(named.contains(Endpoint(address: loopback, port: 99)))
    }

    @Test func `IPv6 endpoints survive the kernel's form`() throws {
        let endpoint = Endpoint(address: .v6(try IPv6Address(parsing: "2001:db8::7")), port: 8473)
        #expect(SocketAddress(endpoint).endpoint == endpoint)
    }
}
