internal import Addressing
internal import LeaseLedger

/// Anti-entropy: equal table hashes end it before it begins; otherwise bucket hashes, summaries, records.
extension Gossip {
    private static let patience = Duration.milliseconds(250)
    private static let mostSilence = 4
    private static let crowdPause = Duration.milliseconds(50)
    static let mostCrowdChecks = 4
    /// Datagrams of summaries in one answer.
    private static let mostSummaries = 8

    /// A peer's table hash has come. A difference that is not news under way is repaired, with one peer at a time.
    mutating func compare(_ theirs: UInt64, with sender: NodeID, _ now: Instant) {
        guard let ours = ledger?.table.hash.whole, members[sender] != nil else { return }
        if theirs == ours {
            lastAgreement = now
            if !isSynchronised, members[sender]?.liveness.isLive == true, !expectsMore(now) { synchronised(now) }
            return
        }
        let timing = configuration.timing
        // Where something always changes there is no calm to wait for, only a bound on how often to compare.
        let isDue = now - lastTableChange >= timing.settling || now - lastAgreement >= timing.mostSettling
        guard exchange == nil, !isSynchronised || isDue else { return }
        startExchange(with: sender, now)
    }

    /// A crowd of news has passed, each piece of it sent so few times that this node has missed some: it compares with a
    /// few others until it finds nothing new.
    mutating func checkAfterCrowd(_ now: Instant) {
        guard crowdChecksLeft > 0, exchange == nil else { return }
        guard let due = nextCrowdCheck else {
            return nextCrowdCheck = now + random.jittered(Self.crowdPause * (isGathering(now) ? 4 : 1))
        }
        guard due <= now else { return }
        nextCrowdCheck = nil
        crowdChecksLeft -= 1
        guard let peer = randomLive(1).first else { return }
        startExchange(with: peer.nodeID, now)
        exchange?.isAfterCrowd = true
    }

    mutating func startExchange(with peer: NodeID, _ now: Instant) {
        guard exchange == nil, let member = members[peer] else { return }
        counters.exchanges += 1
        exchange = Exchange(peer: peer, endpoint: member.endpoint, deadline: now + Self.patience)
        gathering.source = peer
        sendBuckets()
    }

    private mutating func sendBuckets() {
        guard let exchange, let ledger else { return }
        let hashes = ledger.table.hash.buckets.map { UInt32(truncatingIfNeeded: $0) }
        send([.buckets(hashes)], to: exchange.endpoint, piggyback: false)
    }

    /// The other side: which buckets differ, as many as a few datagrams hold.
    mutating func summarise(_ theirs: [UInt32], for source: Endpoint) {
        guard let ledger, theirs.count == TableHash.bucketCount else { return }
        let ours = ledger.table.hash.buckets
        let differing = (0..<TableHash.bucketCount).filter { UInt32(truncatingIfNeeded: ours[$0]) != theirs[$0] }
        var messages: [GossipMessage] = []
        var room = Self.mostSummaries * (DatagramHeader.messageCapacity - 64)
        for bucket in differing.shuffled(using: &random) where room > 0 {
            let entries = ledger.table.entries(inBucket: bucket)
            var rest = entries[...]
            repeat {
                let page = Array(rest.prefix(32))
                rest = rest.dropFirst(32)
                messages.append(.summary(bucket: UInt8(bucket), last: rest.isEmpty, entries: page))
                room -= 8 + page.count * 33
            } while !rest.isEmpty
        }
        messages.append(.summarised(differing: UInt16(differing.count)))
        sendAll(messages, to: source, limit: 2 * Self.mostSummaries)
    }

    mutating func summary(_ bucket: Int, _ last: Bool, _ entries: [TableEntry], from sender: NodeID, _ now: Instant) {
        guard var session = exchange, session.peer == sender, let ledger else { return }
        session.silent = 0
        var known = session.pages[bucket] ?? []
        var pushes: [SignedRecord] = []
        for entry in entries {
            switch entry {
            case .record(let nodeID, let version):
                known.insert(nodeID)
                let mine = ledger.table[nodeID]
                if mine.map({ $0.version < version }) ?? true {
                    session.wanted.append(entry)
                } else if let mine, mine.version > version {
                    pushes.append(mine)
                }
            case .revocation(let revocation):
                if ledger.table.revocations[revocation] == nil { session.wanted.append(entry) }
            }
        }
        session.pages[bucket] = last ? nil : known
        var messages: [GossipMessage] = []
        if last {
            let theirs = Set(entries)
            for entry in ledger.table.entries(inBucket: bucket) {
                switch entry {
                case .record(let nodeID, _):
                    if !known.contains(nodeID), let mine = ledger.table[nodeID] { pushes.append(mine) }
                case .revocation(let revocation):
                    if !theirs.contains(entry), let mine = ledger.table.revocations[revocation] {
                        messages.append(.revocation(mine))
                    }
                }
            }
        }
        let pushed = pushes.prefix(max(0, Exchange.mostPushed - session.pushed))
        session.pushes += pushed
        session.pushed += pushed.count + messages.count
        session.deadline = now + Self.patience
        exchange = session
        sendAll(messages, to: session.endpoint)
    }

    mutating func summarised(_ differing: Int, from sender: NodeID, _ now: Instant) {
        guard let session = exchange, session.peer == sender else { return }
        guard differing > 0 else {
            if session.isAfterCrowd, session.round == 0 { crowdChecksLeft = 0 }
            return expectsMore(now) ? rest(now) : endExchange(now)
        }
        sendAll(session.pushes.map { recordMessage($0) }, to: session.endpoint)
        exchange?.pushes = []
        exchange?.silent = 0
        exchange?.isFetching = true
        exchange?.deadline = now
    }

    /// Sends the next window, or begins the next round, once the last window is here or its time is over.
    mutating func advanceExchange(_ now: Instant) {
        guard var session = exchange else { return }
        let isDone = session.isFetching && session.isWindowOpen && !session.isResting
        guard isDone || session.deadline <= now else { return }
        if !isDone, !session.isResting {
            session.silent += 1
            session.giveUpOutstanding()
        }
        guard session.silent < Self.mostSilence, session.round < Exchange.mostRounds else { return abortExchange(now) }
        session.deadline = now + Self.patience
        if session.isFetching, !session.wanted.isEmpty {
            var asked = session.nextWindow()[...]
            exchange = session
            while !asked.isEmpty {
                send([.want(Array(asked.prefix(Exchange.page)))], to: session.endpoint, piggyback: false)
                asked = asked.dropFirst(Exchange.page)
            }
            return
        }
        if isDone, isGathering(now) { return expectsMore(now) ? rest(now) : endExchange(now) }
        session.beginRound()
        exchange = session
        sendBuckets()
    }

    private mutating func endExchange(_ now: Instant) {
        exchange = nil
        lastAgreement = now
        // What arrived has changed the table; the next difference with somebody else is not news under way.
        lastTableChange = now + .seconds(-1)
        synchronised(now)
    }

    private mutating func abortExchange(_ now: Instant) {
        exchange = nil
        counters.exchangesAborted += 1
    }

    /// The table was exchanged whole with a peer, or there is none to exchange it with.
    mutating func synchronised(_ now: Instant) {
        guard !isSynchronised else { return }
        isSynchronised = true
        joining = nil
        nextReconnect = now + random.jittered(configuration.timing.reconnect)
        feed(.synchronised, now)
        planSweep(now)
        effects.append(.ownersChanged)
    }

    /// Answers a window's request.
    mutating func serve(_ entries: [TableEntry], to source: Endpoint) {
        guard let ledger else { return }
        let messages = entries.prefix(Exchange.page).compactMap { entry -> GossipMessage? in
            switch entry {
            case .record(let nodeID, _): ledger.table[nodeID].map { recordMessage($0) }
            case .revocation(let revocation): ledger.table.revocations[revocation].map { .revocation($0) }
            }
        }
        sendAll(messages, to: source)
    }
}
