internal import Addressing
internal import LeaseLedger

/// Datagrams in.
extension Gossip {
    mutating func receive(_ batch: [IncomingDatagram], _ now: Instant) {
        guard started else { return }
        let decoded = batch.map { (datagram: decode($0), source: $0.source) }
        if batch.count > 1 { newestComing = Self.newestRecords(in: decoded.compactMap(\.datagram)) }
        for (datagram, source) in decoded {
            guard started else { break }
            if let datagram { receive(datagram, from: source, now) }
        }
        newestComing = [:]
    }

    private mutating func decode(_ incoming: IncomingDatagram) -> Datagram? {
        counters.datagramsReceived += 1
        do throws(DecodingFailure) {
            return try Datagram(decoding: incoming.bytes) { nodeID, version in
                let known = ledger?.table[nodeID]
                return known?.version == version ? known : configuration.sharedRecord(nodeID, version)
            }
        } catch .unknownFormat(let version)
            where incoming.bytes.first == version && version != DatagramHeader.protocolVersion
        {
            counters.datagramsOtherVersion += 1
            effects.append(.event(.protocolVersion(version, incoming.source)))
        } catch {
            counters.datagramsMalformed += 1
        }
        return nil
    }

    private static func newestRecords(in datagrams: [Datagram]) -> [NodeID: SignedRecord] {
        var newest: [NodeID: SignedRecord] = [:]
        for message in datagrams.lazy.flatMap(\.messages) {
            guard case .record(let record, _, _) = message else { continue }
            if newest[record.nodeID].map({ $0.version < record.version }) ?? true { newest[record.nodeID] = record }
        }
        return newest
    }

    private mutating func receive(_ datagram: Datagram, from source: Endpoint, _ now: Instant) {
        let header = datagram.header
        guard header.clusterID == configuration.identity.clusterID else {
            counters.datagramsOtherCluster += 1
            return
        }
        guard header.sender != nodeID else {
            counters.datagramsOwn += 1
            return
        }
        guard ledger?.table.isBanned(header.sender) != true else { return refuseBanned(header.sender, at: source, now) }
        guard admit(header, from: source, now) else { return }
        acknowledgeAgain(datagram, at: source)
        for message in datagram.messages { handle(message, from: header.sender, at: source, now) }
        // One of them may have said that this node, or the sender, is banned.
        guard started, ledger?.table.isBanned(header.sender) != true else { return }
        if members[header.sender] == nil {
            meet(header, at: source, now)
        } else {
            heard(header, from: source, now)
            if welcomed == header.sender {
                welcomed = nil
                startExchange(with: header.sender, now)
            }
        }
    }

    /// Takes each datagram of a member once, and none of a run that has ended.
    private mutating func admit(_ header: DatagramHeader, from source: Endpoint, _ now: Instant) -> Bool {
        guard let member = members[header.sender] else { return true }
        if member.window?.runNonce == header.runNonce {
            let isNew = members.update(header.sender) { $0.window?.admit(header.counter) ?? false }
            if isNew == true { return true }
            counters.datagramsReplayed += 1
            return false
        }
        if header.incarnation < member.incarnation {
            counters.datagramsReplayed += 1
            if now - (member.lastContact ?? .zero) > .milliseconds(500) || member.lastContact == nil {
                members[header.sender]?.lastContact = now
                send([.stale(incarnation: member.incarnation)], to: source, piggyback: false)
            }
            return false
        }
        members[header.sender]?.window = ReplayWindow(runNonce: header.runNonce, counter: header.counter)
        return true
    }

    /// A datagram of a member is proof of life at its incarnation; one that we hold for dead is told so, and refutes.
    private mutating func heard(_ header: DatagramHeader, from source: Endpoint, _ now: Instant) {
        guard var member = members[header.sender] else { return }
        if member.window == nil {
            member.window = ReplayWindow(runNonce: header.runNonce, counter: header.counter)
        }
        member.lastHeard = now
        members[header.sender] = member
        if member.isOverridden(byLifeAt: header.incarnation) {
            let wasLive = member.liveness.isLive
            revive(header.sender, at: header.incarnation, now)
            if !wasLive { sendView(to: source) }
        } else if member.liveness != .alive, now - (member.lastContact ?? .zero) > .milliseconds(200) {
            members[header.sender]?.lastContact = now
            if let verdict = livenessMessage(of: header.sender) { send([verdict], to: source) }
            if !member.liveness.isLive { sendView(to: source) }
        }
    }

    /// Asks a sender that we do not know for its record; a bounded number of them, now and then.
    private mutating func meet(_ header: DatagramHeader, at source: Endpoint, _ now: Instant) {
        guard ledger != nil, mayAnswerStranger(header.sender, now) else { return }
        let unknown = RecordVersion(sequence: 0, runNonce: 0)
        send([.want([.record(header.sender, unknown)])], to: source)
    }

    private mutating func handle(
        _ message: GossipMessage, from sender: NodeID, at source: Endpoint, _ now: Instant
    ) {
        switch message {
        case .hello(let offer, let tableHash): return hello(offer, tableHash, from: sender, at: source, now)
        case .welcome(let offer, let tableHash): return welcome(offer, tableHash, from: sender, at: source, now)
        case .stale(let incarnation): return outrun(incarnation, now)
        case .announcement: return announced(sender, at: source, now)
        default: break
        }
        guard ledger != nil else { return }
        switch message {
        case .ping(let sequence, let target, let tableHash):
            ping(sequence, target, tableHash, from: sender, at: source, now)
        case .acknowledgement(let sequence, let tableHash):
            acknowledged(sequence, tableHash, by: sender, now)
        case .indirectPing(let sequence, let target, let endpoint):
            relay(sequence, target, endpoint, for: source, now)
        case .negativeAcknowledgement(let sequence):
            if probe?.sequence == sequence { probe?.negatives += 1 }
        case .liveness(let update): apply(update, now)
        case .record(let record, let liveness, let incarnation):
            take(record, liveness, incarnation, from: sender, now)
        case .revocation(let revocation): take(revocation, now)
        case .buckets(let hashes):
            gathering.read(by: sender, now)
            summarise(hashes, for: source)
        case .summary(let bucket, let last, let entries):
            summary(Int(bucket), last, entries, from: sender, now)
        case .summarised(let differing): summarised(Int(differing), from: sender, now)
        case .want(let entries): serve(entries, to: source)
        case .claimAcknowledged(let version):
            acknowledgedClaim(version, by: sender, now)
        case .view(let entries): view(entries, now)
        case .keyRing(let bytes):
            if members[sender] != nil { effects.append(.keyRing(bytes, from: sender)) }
        case .order(let order, let number, let run, let onlyAsking):
            take(order, number: number, run: run, onlyAsking: onlyAsking, from: sender, now)
        case .orderAnswered(let outcome, let number): answered(outcome, number: number, by: sender)
        case .hello, .welcome, .stale, .announcement: break
        }
    }

    /// Somebody has seen a higher incarnation of us than ours: our state was restored from an old copy.
    private mutating func outrun(_ seen: UInt64, _ now: Instant) {
        guard seen >= incarnation else { return }
        raiseIncarnation(above: seen, now)
        news.add(.liveness(nodeID))
    }

    mutating func raiseIncarnation(above seen: UInt64, _ now: Instant) {
        guard seen < NodeRecord.largestCounter else { return }
        incarnation = max(incarnation, seen) + 1
        if incarnation >= ledger?.reserved ?? .max { feed(.reserve(incarnation + 1), now) }
    }

    /// A record, and how its sender sees the owner. Verified once, when it is news.
    mutating func take(
        _ record: SignedRecord, _ liveness: Liveness, _ incarnation: UInt64, from sender: NodeID, _ now: Instant
    ) {
        let subject = record.nodeID
        let wasAskedFor = exchange?.arrived(.record(subject, record.version), now) ?? false
        let known = ledger?.table[subject]?.version
        guard ledger?.table.isBanned(subject) != true else { return }
        let isNews = known.map { $0 < record.version } ?? true
        if isNews {
            guard hasRoom(for: subject, from: sender, now) else { return }
            guard let record = newestGenuine(record) else { return counters.recordsForged += 1 }
            if subject != nodeID {
                lastTableChange = now
                if known == nil { noteArrival(record.record, from: sender, now) }
                // A joiner that reads the table passes on nothing: what it reads, the others have.
                let isFound = isSynchronised && exchange?.isAfterCrowd != true
                if isToldOtherwise(subject, isNew: known == nil, now) {
                    crowdChecksLeft = Self.mostCrowdChecks
                } else if !wasAskedFor || isFound {
                    spread(.record(subject), now)
                }
                admitMember(record, liveness, incarnation, now)
            }
            feed(.record(record), now)
        } else if known == record.version, pressure.isCrowd {
            // It spreads without us.
            news.countSent(.record(subject), limit: retransmissions(of: .record(subject)))
        }
        let update = LivenessUpdate(
            nodeID: subject, incarnation: incarnation, liveness: liveness, accuser: sender)
        if incarnation > 0 { apply(update, now) }
    }

    /// Verifies the record, or the newer one of its owner that has come along with it.
    private mutating func newestGenuine(_ record: SignedRecord) -> SignedRecord? {
        if let newer = newestComing.removeValue(forKey: record.nodeID), newer.version > record.version,
            configuration.verifyRecord(newer)
        {
            return newer
        }
        return configuration.verifyRecord(record) ? record : nil
    }

    mutating func take(_ revocation: SignedRevocation, _ now: Instant) {
        _ = exchange?.arrived(.revocation(revocation.revocation), now)
        guard let table = ledger?.table, table.revocations[revocation.revocation] == nil,
            !table.isSuperseded(revocation.revocation), table.revocations.count < Self.mostRevocations
        else { return }
        guard configuration.verifyRevocation(revocation) else {
            counters.recordsForged += 1
            return
        }
        lastTableChange = now
        spread(.revocation(revocation.revocation), now)
        feed(.revocation(revocation), now)
        if revocation.revocation.isBan { expel(revocation.revocation.nodeID) }
    }
}
