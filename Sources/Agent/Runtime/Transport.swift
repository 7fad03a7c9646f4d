internal import Addressing
internal import Synchronization

/// The gossip socket and its sealing: opened plaintexts in, sealed datagrams out. What the daemon does not keep up with
/// waits in the socket's buffer, and is lost beyond it: gossip repairs that.
final class Transport: Sendable {
    let socket: UDPSocket
    let loop: EventLoop
    private let sealer: DatagramSealer
    private let rejected = Mutex<[DatagramSealer.Rejection: UInt64]>([:])

    init(socket: UDPSocket, loop: EventLoop, sealer: DatagramSealer) {
        self.socket = socket
        self.loop = loop
        self.sealer = sealer
    }

    func send(_ plaintext: [UInt8], to endpoint: Endpoint) { socket.send(sealer.seal(plaintext), to: endpoint) }

    /// Hands on what comes, on the loop's thread.
    func start(
        datagrams: @escaping @Sendable ([ReceivedDatagram]) -> Void,
        unreachable: @escaping @Sendable (Endpoint) -> Void, tick: @escaping @Sendable () -> Void
    ) {
        loop.attach(
            EventLoop.Handlers(
                datagrams: { [self] batch in take(batch, datagrams) }, unreachable: unreachable, tick: tick))
    }

    private func take(_ batch: [ReceivedDatagram], _ deliver: ([ReceivedDatagram]) -> Void) {
        var opened: [ReceivedDatagram] = []
        for datagram in batch {
            do throws(DatagramSealer.Rejection) {
                opened.append(ReceivedDatagram(bytes: try sealer.open(datagram.bytes), source: datagram.source))
            } catch {
                rejected.withLock { $0[error, default: 0] += 1 }
            }
        }
        if !opened.isEmpty { deliver(opened) }
    }

    /// What was counted, by the name under which `leasectl status` shows it.
    var counters: [String: UInt64] {
        var counters = socket.counters
        let rejected = rejected.withLock { $0 }
        for reason in DatagramSealer.Rejection.allCases { counters[reason.rawValue] = rejected[reason] ?? 0 }
        counters["datagramsRejected"] = rejected.values.reduce(0, +)
        return counters
    }

    func stop() { loop.attach(nil) }
}
