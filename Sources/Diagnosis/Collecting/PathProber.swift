internal import Addressing
internal import Glibc
internal import Inspection

/// Probes the ways to all peers at once: echo requests small, large and through the tunnel, and a datagram to each port.
struct PathProber {
    struct Target {
        var report: PathReport
        var gossip: IPv4Address
        /// Bytes of the IP packet that must come through unbroken.
        var largeBytes: Int
    }

    /// More peers than this are not probed.
    static let mostPeers = 256
    /// Seconds for all probes, and for the search of the MTU behind them.
    private static let limit = 2.0
    private static let resendAfter = 0.6
    /// Until a refusal of a port has certainly come.
    private static let settle = 0.4
    /// RFC 792: the IP header, ICMP's, and the text that a request carries.
    private static let headers = 20 + 18
    private static let sizes = [1_492, 1_480, 1_450, 1_430, 1_400, 1_350, 1_300, 1_280, 1_000, 576]
    private static let sizesBase: UInt16 = 2_048
    private static let sizesStride = 16

    private enum Kind: Int { case small, large, tunnel }

    private var targets: [Target]
    private let raw: Int32
    private let identifier = UInt16.random(in: 0 ... .max)
    private var answered: Set<UInt16> = []

    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// - Throws: why no packet can be sent.
    static func run(_ targets: [Target]) throws(ToolOutput.Failure) -> [PathReport] {
        let raw = socket(AF_INET, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), Int32(IPPROTO_ICMP))
        guard raw >= 0 else { throw .notStarted("a probe", errno) }
        defer { close(raw) }
        // DF, and no memory of path MTUs: a packet is sent as large as it is, or refused here.
        var discover = IP_PMTUDISC_PROBE
        setsockopt(raw, Int32(IPPROTO_IP), IP_MTU_DISCOVER, &discover, socklen_t(MemoryLayout<Int32>.size))
        var prober = PathProber(targets: Array(targets.prefix(mostPeers)), raw: raw)
        prober.probe()
        prober.searchMTU()
        return prober.targets.map(\.report)
    }

    private init(targets: [Target], raw: Int32) { (self.targets, self.raw) = (targets, raw) }

    private mutating func probe() {
        var ports: [(index: Int, isGossip: Bool, probe: PortProbe)] = []
        for (index, target) in targets.enumerated() {
            if let probe = PortProbe(target.gossip, target.report.gossipPort) { ports.append((index, true, probe)) }
            guard target.report.vxlan != nil,
                let probe = PortProbe(target.report.address, target.report.vxlanPort)
            else { continue }
            ports.append((index, false, probe))
        }
        exchange(echoes(), ports: ports.map(\.probe.descriptor))
        for port in ports {
            let answer = port.probe.answer()
            if port.isGossip {
                targets[port.index].report.gossip = answer
            } else {
                targets[port.index].report.vxlan = answer
            }
        }
        for index in targets.indices {
            targets[index].report.answers = answered.contains(sequence(index, .small))
            targets[index].report.answersLarge = answered.contains(sequence(index, .large))
            targets[index].report.largeBytes = targets[index].largeBytes
            if targets[index].report.tunnelAddress != nil {
                targets[index].report.answersTunnel = answered.contains(sequence(index, .tunnel))
            }
        }
    }

    /// What comes through to those whom the large packet did not reach.
    private mutating func searchMTU() {
        var requests: [Echo] = []
        for (index, target) in targets.enumerated() where target.report.answers && target.report.answersLarge == false {
            for (place, size) in Self.sizes.enumerated() where size < target.largeBytes {
                let sequence = Self.sizesBase + UInt16(index * Self.sizesStride + place)
                requests.append(Echo(target.report.address, sequence, bytes: size))
            }
        }
        guard !requests.isEmpty else { return }
        exchange(requests, ports: [])
        for index in targets.indices where targets[index].report.answersLarge == false {
            targets[index].report.largestBytes =
                Self.sizes.enumerated().first { place, _ in
                    answered.contains(Self.sizesBase + UInt16(index * Self.sizesStride + place))
                }?.element
        }
    }

    private struct Echo {
        var address: IPv4Address
        var sequence: UInt16
        var bytes: Int

        init(_ address: IPv4Address, _ sequence: UInt16, bytes: Int = 0) {
            (self.address, self.sequence, self.bytes) = (address, sequence, bytes)
        }
    }

    private func sequence(_ index: Int, _ kind: Kind) -> UInt16 { UInt16(index * 4 + kind.rawValue) }

    private func echoes() -> [Echo] {
        targets.enumerated().flatMap { index, target in
            var echoes = [
                Echo(target.report.address, sequence(index, .small)),
                Echo(target.report.address, sequence(index, .large), bytes: target.largeBytes),
            ]
            if let tunnel = target.report.tunnelAddress { echoes.append(Echo(tunnel, sequence(index, .tunnel))) }
            return echoes
        }
    }

    /// Sends, sends once more what nobody answered, and waits for what is still missing.
    private mutating func exchange(_ echoes: [Echo], ports: [Int32]) {
        let start = Self.now
        var awaited: [UInt16: IPv4Address] = [:]
        for echo in echoes {
            awaited[echo.sequence] = echo.address
            send(echo)
        }
        var isSentAgain = false
        while true {
            let past = Self.now - start
            if past >= Self.limit || (awaited.isEmpty && (ports.isEmpty || past >= Self.settle)) { return }
            if past >= Self.resendAfter, !isSentAgain {
                isSentAgain = true
                for echo in echoes where awaited[echo.sequence] != nil { send(echo) }
            }
            var waited = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
            guard poll(&waited, 1, 50) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 2_048)
            let count = recv(raw, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0, let reply = EchoReply(Array(buffer[..<count])), reply.identifier == identifier,
                awaited[reply.sequence] == reply.source
            else { continue }
            awaited[reply.sequence] = nil
            answered.insert(reply.sequence)
        }
    }

    private func send(_ echo: Echo) {
        let packet = EchoProbe.request(
            identifier: identifier, sequence: echo.sequence, padding: max(0, echo.bytes - Self.headers))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = echo.address.bits.bigEndian
        // A refusal here is as good as no answer: the packet does not reach the peer.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(raw, packet, packet.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
