internal import Addressing
internal import LeaseLedger

/// Datagrams out: messages packed up to the limit, news on the free space.
extension Gossip {
    /// Sends messages that fit one datagram, and news on what space is left.
    mutating func send(_ messages: [GossipMessage], to endpoint: Endpoint, piggyback: Bool = true) {
        var body = ByteWriter(reserving: 256)
        for message in messages { message.append(to: &body) }
        if piggyback { addNews(to: &body) }
        sendDatagram(body, to: endpoint)
    }

    private mutating func addNews(to body: inout ByteWriter) {
        for subject in news.leastSent(Self.piggybacked) {
            let length = body.count
            guard DatagramHeader.messageCapacity - length > 64 else { return }
            guard let message = render(subject) else { continue }
            message.append(to: &body)
            if body.count <= DatagramHeader.messageCapacity {
                news.countSent(subject, limit: retransmissions(of: subject))
            } else {
                body.truncate(to: length)
            }
        }
    }

    /// Sends any number of messages in as many datagrams as they need, at most `limit`.
    mutating func sendAll(_ messages: [GossipMessage], to endpoint: Endpoint, limit: Int = .max) {
        for body in Self.packed(messages).prefix(limit) { sendDatagram(body, to: endpoint) }
    }

    static func packed(_ messages: [GossipMessage]) -> [ByteWriter] {
        var full: [ByteWriter] = []
        var body = ByteWriter(reserving: 512)
        for message in messages {
            let length = body.count
            message.append(to: &body)
            guard body.count > DatagramHeader.messageCapacity else { continue }
            var next = ByteWriter(reserving: DatagramHeader.messageCapacity)
            next.raw(body.bytes[length...])
            body.truncate(to: length)
            // One that fits no datagram goes nowhere.
            guard next.count <= DatagramHeader.messageCapacity else { continue }
            full.append(body)
            body = next
        }
        return body.count > 0 ? full + [body] : full
    }

    mutating func sendDatagram(_ body: ByteWriter, to endpoint: Endpoint) {
        datagramCounter &+= 1
        let header = DatagramHeader(
            clusterID: configuration.identity.clusterID, sender: nodeID, incarnation: incarnation,
            runNonce: UInt32(truncatingIfNeeded: configuration.identity.runNonce), counter: datagramCounter)
        var writer = ByteWriter(reserving: DatagramHeader.length + body.count)
        header.write(to: &writer)
        writer.raw(body.bytes)
        counters.datagramsSent += 1
        counters.bytesSent += UInt64(writer.count + DatagramHeader.sealingOverhead)
        effects.append(.send(writer.bytes, to: endpoint))
    }

    /// The message that carries a piece of news as it stands now.
    func render(_ subject: NewsQueue.Subject) -> GossipMessage? {
        switch subject {
        case .record(let nodeID):
            guard let record = ledger?.table[nodeID] else { return nil }
            return recordMessage(record)
        case .liveness(let nodeID):
            return livenessMessage(of: nodeID)
        case .revocation(let revocation):
            return ledger?.table.revocations[revocation].map { .revocation($0) }
        }
    }

    func recordMessage(_ record: SignedRecord) -> GossipMessage {
        if record.nodeID == nodeID { return .record(record, liveness: .alive, incarnation: incarnation) }
        // Out of sight by an operator's word: nothing speaks for its life.
        guard let member = members[record.nodeID] else {
            return .record(record, liveness: .unreachable, incarnation: 0)
        }
        return .record(
            record, liveness: member.isAssumed ? .alive : member.liveness,
            incarnation: member.isAssumed ? 0 : member.incarnation)
    }

    func livenessMessage(of nodeID: NodeID) -> GossipMessage? {
        if nodeID == self.nodeID {
            return .liveness(
                LivenessUpdate(nodeID: nodeID, incarnation: incarnation, liveness: .alive, accuser: nodeID))
        }
        guard let member = members[nodeID], !member.isAssumed else { return nil }
        return .liveness(
            LivenessUpdate(
                nodeID: nodeID, incarnation: member.incarnation, liveness: member.liveness,
                accuser: accusers[nodeID] ?? self.nodeID))
    }

    /// News on one datagram's free space; of one eager forwarding; of one round.
    private static let piggybacked = 6
    private static let eagerBatch = 12
    private static let roundBatch = 20
    /// To how many members each piece of a crowd of news goes at least.
    private static let crowdFanout = 2
    /// So much news waits that even verdicts are sent fewer times.
    private static let mostWaiting = 256

    /// How often a piece of news is sent by one node: grows with the logarithm of the cluster, and never beyond what so
    /// few members need. In a crowd of news each piece is sent fewer times, and comparing tables finds what was missed.
    func retransmissions(of subject: NewsQueue.Subject) -> Int {
        var digits = 1
        var reach = 10
        while reach <= liveCount + 1 {
            digits += 1
            reach *= 10
        }
        let full = max(1, min(4 + 4 * digits, 3 * liveCount))
        // No comparison tells of a verdict that was missed.
        if case .liveness = subject {
            guard news.count > Self.mostWaiting else { return full }
            return max(min(full, 2 * configuration.timing.fanout), full * Self.mostWaiting / news.count)
        }
        return max(min(full, Self.crowdFanout), Int(Double(full) * pressure.share))
    }

    /// To how many members fresh news goes at once. Where each tells ln n + c others, it reaches all with a probability of
    /// exp(−exp(−c)), two in three for c = 1 (Kermarrec, Massoulié and Ganesh, "Probabilistic reliable dissemination in
    /// large-scale systems", 2003); else some wait for a round. What goes at once does not go in rounds: the sum is the same.
    private var eagerFanout: Int {
        let bits = Int.bitWidth - (liveCount + 1).leadingZeroBitCount
        // ln 2 is nearly 7/10.
        return max(configuration.timing.fanout, 1 + (7 * bits + 9) / 10)
    }

    /// News of the table.
    mutating func spread(_ subject: NewsQueue.Subject, _ now: Instant) {
        pressure.pieceCame(now)
        news.add(subject)
    }

    /// Tells fresh news to a few members at once (what comes in a crowd, in batches), and repeats the rest in rounds until
    /// all is sent often enough.
    mutating func flushNews(_ now: Instant) {
        pressure.pass(now)
        if pressure.isCrowd, !news.isEmpty { crowdChecksLeft = Self.mostCrowdChecks }
        defer { if news.isEmpty { checkAfterCrowd(now) } }
        if news.hasFresh, nextEager <= now {
            nextEager = now + configuration.timing.eagerPace
            let fresh = news.takeFresh(Self.eagerBatch)
            let bodies = Self.packed(fresh.compactMap { render($0) }).prefix(4)
            for target in randomLive(pressure.isCrowd ? Self.crowdFanout : eagerFanout) {
                for body in bodies { sendDatagram(body, to: target.endpoint) }
                for subject in fresh { news.countSent(subject, limit: retransmissions(of: subject)) }
            }
            let round = now + random.jittered(configuration.timing.firstRound)
            nextGossip = min(nextGossip ?? round, round)
        }
        guard !news.isEmpty, let due = nextGossip, due <= now else { return }
        if liveCount > 0 {
            for target in randomLive(configuration.timing.fanout - 1) {
                let batch = news.leastSent(Self.roundBatch)
                sendAll(batch.compactMap { render($0) }, to: target.endpoint, limit: 4)
                for subject in batch { news.countSent(subject, limit: retransmissions(of: subject)) }
            }
        }
        let young = news.fewestTimes <= 2 * configuration.timing.fanout
        let timing = configuration.timing
        nextGossip = now + random.jittered(young && liveCount > 0 ? timing.firstRound * 2 : timing.laterRound)
    }

    /// Up to `count` different live members at random.
    mutating func randomLive(_ count: Int, except excluded: NodeID? = nil) -> [(nodeID: NodeID, endpoint: Endpoint)] {
        let order = probeOrder
        guard !order.isEmpty, count > 0 else { return [] }
        var chosen: [NodeID] = []
        var attempts = 0
        let most = order.count <= 4 * count ? order.count : 8 * count
        let offset = Int.random(in: 0..<order.count, using: &random)
        while chosen.count < count, attempts < most {
            let index =
                order.count <= 4 * count
                ? (offset + attempts) % order.count : Int.random(in: 0..<order.count, using: &random)
            attempts += 1
            let candidate = order[index]
            if candidate != excluded, members[candidate]?.liveness.isLive == true, !chosen.contains(candidate) {
                chosen.append(candidate)
            }
        }
        return chosen.compactMap { nodeID in members[nodeID].map { (nodeID, $0.endpoint) } }
    }
}
