internal import Addressing
internal import Glibc
internal import LeaseLedger
internal import Logging
internal import Synchronization

/// The gossip socket and its sealing: opened plaintexts in, sealed datagrams out. What the daemon does not keep up with
/// waits in the socket's buffer, and is lost beyond it: gossip repairs that.
final class Transport: Sendable {
    let socket: UDPSocket
    let loop: EventLoop
    private let sealer: Mutex<DatagramSealer>
    private let rejections: Mutex<Rejections>
    private let refusals = Mutex(Refusals())
    private let log: Logger
    private let clock = BootClock()
    /// Between two lines about datagrams that do not open.
    private static let telling = Duration.seconds(10)

    private struct Rejections {
        var counts: [DatagramSealer.Rejection: UInt64] = [:]
        var budget: OpenBudget
        var untold: UInt64 = 0
        var lastTold: Instant?
    }

    /// What the kernel did not send, and for which reason (errno) that was said last.
    private struct Refusals {
        var untold: UInt64 = 0
        var told: (code: Int32, at: Instant)?
    }

    /// Between two lines about datagrams that cannot be sent for the same reason: a machine may be off its network for days.
    private static let tellingAgain = Duration.seconds(600)

    init(socket: UDPSocket, loop: EventLoop, sealer: DatagramSealer, log: Logger) {
        self.socket = socket
        self.loop = loop
        self.sealer = Mutex(sealer)
        self.log = log
        rejections = Mutex(Rejections(budget: OpenBudget(at: clock.now)))
    }

    /// Seals with the ring's first key, or with another for a node that lacks it.
    func send(_ plaintext: [UInt8], to endpoint: Endpoint, key: KeyID? = nil) {
        let sealer = sealer.withLock { $0 }
        let code = socket.send(sealer.seal(plaintext, with: key), to: endpoint)
        if code != 0 { tellRefused(code, endpoint) }
    }

    private func tellRefused(_ code: Int32, _ endpoint: Endpoint) {
        let now = clock.now
        let count = refusals.withLock { refusals -> UInt64? in
            refusals.untold += 1
            if let told = refusals.told, told.code == code, now - told.at < Self.tellingAgain { return nil }
            refusals.told = (code, now)
            defer { refusals.untold = 0 }
            return refusals.untold
        }
        guard let count else { return }
        log.warning(
            "\(count) datagrams could not be sent, the last to \(endpoint): \(String(cString: strerror(code)))",
            id: "datagrams-unsent", ["destination": "\(endpoint)"])
    }

    /// From here on these keys seal and open.
    func use(_ ring: KeyRing?) { sealer.withLock { $0 = DatagramSealer(ring: ring) } }

    /// Hands on what comes, on the loop's thread.
    func start(
        datagrams: @escaping @Sendable ([OpenedDatagram]) -> Void,
        unreachable: @escaping @Sendable (Endpoint) -> Void, tick: @escaping @Sendable () -> Void
    ) {
        loop.attach(
            EventLoop.Handlers(
                datagrams: { [self] batch in take(batch, datagrams) }, unreachable: unreachable, tick: tick))
    }

    private func take(_ batch: [ReceivedDatagram], _ deliver: ([OpenedDatagram]) -> Void) {
        let sealer = sealer.withLock { $0 }
        let now = clock.now
        let opened = batch.compactMap { open($0, sealer, now) }
        if !opened.isEmpty { deliver(opened) }
    }

    private func open(_ datagram: ReceivedDatagram, _ sealer: DatagramSealer, _ now: Instant) -> OpenedDatagram? {
        let source = datagram.source.address
        do throws(DatagramSealer.Rejection) {
            try sealer.screen(datagram.bytes)
            guard rejections.withLock({ $0.budget.mayTry(source, at: now) }) else { throw .limited }
            let plaintext = try sealer.open(datagram.bytes)
            rejections.withLock { $0.budget.opened(source, at: now) }
            return OpenedDatagram(
                bytes: plaintext, source: datagram.source, key: DatagramSealer.keyID(of: datagram.bytes))
        } catch {
            reject(datagram, error, now)
            return nil
        }
    }

    /// Counts it, and says so at most once in a while: a flood must not fill the log.
    private func reject(_ datagram: ReceivedDatagram, _ reason: DatagramSealer.Rejection, _ now: Instant) {
        let told = rejections.withLock { rejections -> UInt64? in
            rejections.counts[reason, default: 0] += 1
            if reason == .forged { rejections.budget.failed(datagram.source.address, at: now) }
            rejections.untold += 1
            guard rejections.lastTold.map({ now - $0 >= Self.telling }) ?? true else { return nil }
            rejections.lastTold = now
            defer { rejections.untold = 0 }
            return rejections.untold
        }
        guard let told else { return }
        log.warning(
            "\(told) datagrams did not open and were dropped, the last from \(datagram.source) (\(reason.rawValue)): a node "
                + "with another key, or a stranger", id: "datagrams-rejected", ["source": "\(datagram.source)"])
    }

    /// What was counted, by the name under which `leasectl status` shows it.
    var counters: [String: UInt64] {
        var counters = socket.counters
        let rejected = rejections.withLock { $0.counts }
        for reason in DatagramSealer.Rejection.allCases { counters[reason.rawValue] = rejected[reason] ?? 0 }
        counters["datagramsRejected"] = rejected.values.reduce(0, +)
        return counters
    }

    func stop() { loop.attach(nil) }
}

/// What a datagram said, and the key that sealed it.
struct OpenedDatagram: Hashable, Sendable {
    var bytes: [UInt8]
    var source: Endpoint
    /// Without meaning in an insecure cluster.
    var key: KeyID
}
