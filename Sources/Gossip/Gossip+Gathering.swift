internal import Addressing
internal import LeaseLedger

/// Machines that start together. Were each to pass on what it hears, all would be told everything many times over, when
/// they have the least time for it. So each reads the table from one of those whom it greets, which tells its readers who
/// else comes; subnets are claimed once the crowd has come together, and each tells the others of its claim itself.
extension Gossip {
    /// How long a node counts among those that have just started.
    private static let youth = Duration.seconds(3)
    /// Between two rounds with the same peer: what the readers are told may be lost.
    private static let rest = Duration.milliseconds(150)

    private func isYoung(_ now: Instant) -> Bool { now - startedAt < Self.youth }

    /// This node is one of many that have just started.
    func isGathering(_ now: Instant) -> Bool { isYoung(now) && gathering.isCrowd }

    /// Whether more of those that start together are to be expected: the more they are, the longer the last take.
    func expectsMore(_ now: Instant) -> Bool { isGathering(now) && now < calmBegins }

    private var calmBegins: Instant {
        let most = LeaseLedger.mostAcknowledgers
        return gathering.lastArrival + .milliseconds(100) + .microseconds(2_500) * min(liveCount, most)
    }

    /// A record of a node that was not known.
    mutating func noteArrival(_ record: NodeRecord, from sender: NodeID, _ now: Instant) {
        // One that has no subnet yet has just started.
        let isFresh = record.role == .member && record.claim == nil
        gathering.arrived(
            record.nodeID, isFresh: isFresh, isFromSource: sender == gathering.source, whileYoung: isYoung(now), now)
    }

    /// Whether those who should know of a record learn of it without this node passing it on as news.
    func isToldOtherwise(_ subject: NodeID, isNew: Bool, _ now: Instant) -> Bool {
        isGathering(now) && (isNew || gathering.comers.contains(subject) && tellsEach)
    }

    mutating func tellReaders(_ now: Instant) {
        gathering.pass(now)
        guard let telling = gathering.takeUntold(now) else { return }
        if isYoung(now) { for comer in telling.comers { news.drop(.record(comer)) } }
        let bodies = Self.packed(telling.comers.compactMap { render(.record($0)) })
        for reader in telling.readers {
            guard let member = members[reader] else { continue }
            for body in bodies { sendDatagram(body, to: member.endpoint) }
        }
        guard let source = gathering.source.flatMap({ members[$0] }) else { return }
        sendAll(telling.forSource.compactMap { render(.record($0)) }, to: source.endpoint)
    }

    /// Tells of the own record. A joiner shows its first with its hello.
    mutating func announce(_ record: SignedRecord, _ now: Instant) {
        if joining != nil, record.claim == nil { return }
        guard isGathering(now), tellsEach else { return spread(.record(record.nodeID), now) }
        for subject in probeOrder.all {
            guard let member = members[subject], member.liveness.isLive else { continue }
            send([recordMessage(record)], to: member.endpoint, piggyback: false)
        }
    }

    /// All are few enough to be told one by one.
    private var tellsEach: Bool { liveCount <= LeaseLedger.mostAcknowledgers }

    /// Compares again later, with the same peer.
    mutating func rest(_ now: Instant) {
        let until = min(now + random.jittered(Self.rest), calmBegins)
        exchange?.isResting = true
        exchange?.deadline = until
    }
}
