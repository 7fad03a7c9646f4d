internal import Addressing
internal import Synchronization

/// The gossip socket and its sealing: opened plaintexts in, sealed datagrams out.
final class Transport: Sendable {
    let socket: UDPSocket
    private let sealer: DatagramSealer
    private let rejected = Mutex<[DatagramSealer.Rejection: UInt64]>([:])
    /// Batches that wait for the actor; more are dropped, and gossip repairs the loss.
    private let waiting = Atomic<Int>(0)
    private let overloaded = Atomic<UInt64>(0)

    private static let mostWaiting = 256

    init(socket: UDPSocket, sealer: DatagramSealer) {
        self.socket = socket
        self.sealer = sealer
    }

    func send(_ plaintext: [UInt8], to endpoint: Endpoint) { socket.send(sealer.seal(plaintext), to: endpoint) }

    /// Starts the receiving thread.
    func start(
        datagrams: @escaping @Sendable ([ReceivedDatagram]) async -> Void,
        unreachable: @escaping @Sendable (Endpoint) async -> Void
    ) {
        Threads.start { [self] in
            socket.receive(
                datagrams: { batch in take(batch, datagrams) },
                unreachable: { endpoint in Task { await unreachable(endpoint) } })
        }
    }

    private func take(_ batch: [ReceivedDatagram], _ deliver: @escaping @Sendable ([ReceivedDatagram]) async -> Void) {
        var opened: [ReceivedDatagram] = []
        for datagram in batch {
            do throws(DatagramSealer.Rejection) {
                opened.append(ReceivedDatagram(bytes: try sealer.open(datagram.bytes), source: datagram.source))
            } catch {
                rejected.withLock { $0[error, default: 0] += 1 }
            }
        }
        guard !opened.isEmpty else { return }
        guard waiting.load(ordering: .relaxed) < Self.mostWaiting else {
            overloaded.add(UInt64(opened.count), ordering: .relaxed)
            return
        }
        waiting.add(1, ordering: .relaxed)
        let ready = opened
        Task { [self] in
            await deliver(ready)
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// What was counted, by the name under which `leasectl status` shows it.
    var counters: [String: UInt64] {
        var counters = socket.counters
        let rejected = rejected.withLock { $0 }
        for reason in DatagramSealer.Rejection.allCases { counters[reason.rawValue] = rejected[reason] ?? 0 }
        counters["datagramsRejected"] = rejected.values.reduce(0, +)
        counters["datagramsOverload"] = overloaded.load(ordering: .relaxed)
        return counters
    }

    func stop() { socket.stop() }
}
