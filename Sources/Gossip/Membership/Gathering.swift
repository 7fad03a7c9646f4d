internal import LeaseLedger

/// What a node knows of machines that start together with it, or come to it together.
struct Gathering: Sendable {
    /// Those that have come lately and have no subnet yet, as a pressure.
    private var arrivals = NewsPressure()
    private(set) var lastArrival = Instant.zero
    /// Who has come while this node was young: they tell of their claims themselves.
    private(set) var comers: Set<NodeID> = []
    /// Who has read the table here, and when.
    private var readers: [NodeID: Instant] = [:]
    /// Where this node has read the table last.
    var source: NodeID?
    /// Arrivals of which the readers are to be told, and whether they were read at the source.
    private var untold: [(comer: NodeID, isFromSource: Bool)] = []
    private(set) var nextTelling: Instant?

    /// A few that come at a time need no order.
    private static let company = 4.0
    /// How long one that has read the table is told of what comes.
    private static let reading = Duration.seconds(3)
    static let mostReaders = 256
    /// Between two tellings: what comes meanwhile goes together.
    private static let pace = Duration.milliseconds(20)
    /// Arrivals in one telling: the readers of a thousand that start at once must not keep this node from all else.
    private static let mostAtOnce = 128

    var readerCount: Int { readers.count }

    /// Many come.
    var isCrowd: Bool { arrivals.level > Self.company }

    mutating func pass(_ now: Instant) { arrivals.pass(now) }

    /// - Parameter isFresh: whether it has just started.
    mutating func arrived(
        _ comer: NodeID, isFresh: Bool, isFromSource: Bool, whileYoung isYoung: Bool, _ now: Instant
    ) {
        if isFresh {
            arrivals.pieceCame(now)
            lastArrival = now
            if isYoung { comers.insert(comer) }
        }
        untold.append((comer, isFromSource))
        if isCrowd {
            nextTelling = nextTelling ?? now + Self.pace
        } else if Double(untold.count) > Self.company + 1 {
            // Not of those who will make a crowd with the next.
            untold.removeFirst()
        }
    }

    mutating func read(by reader: NodeID, _ now: Instant) {
        if readers.count >= Self.mostReaders { forgetReaders(now) }
        guard readers[reader] != nil || readers.count < Self.mostReaders else { return }
        readers[reader] = now
    }

    private mutating func forgetReaders(_ now: Instant) { readers = readers.filter { now - $0.value < Self.reading } }

    /// Whom to tell of whom, if it is time. What was read at the source is not told there.
    mutating func takeUntold(_ now: Instant) -> (readers: [NodeID], comers: [NodeID], forSource: [NodeID])? {
        guard let due = nextTelling, due <= now else { return nil }
        forgetReaders(now)
        let told = untold.prefix(Self.mostAtOnce)
        untold.removeFirst(told.count)
        nextTelling = untold.isEmpty ? nil : now + Self.pace
        return (
            readers.keys.filter { $0 != source }.sorted(), told.map(\.comer),
            told.filter { !$0.isFromSource }.map(\.comer)
        )
    }
}
