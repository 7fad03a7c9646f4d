internal import Addressing
internal import LeaseLedger

/// An anti-entropy session as its driver sees it; the other side keeps no state.
///
/// Rounds of: bucket hashes out; summaries of the buckets that differ in; records that the peer has newer are asked for
/// a window at a time, and those it lacks are pushed. The next request is the acknowledgement of the last answer, so
/// nobody sends more than a window ahead. The session ends when the peer finds no bucket that differs.
struct Exchange: Sendable {
    let peer: NodeID
    let endpoint: Endpoint
    var deadline: Instant
    var round = 0
    /// Time-outs in a row without anything having arrived.
    var silent = 0
    var isFetching = false
    /// Between two rounds.
    var isResting = false
    /// What it finds has been news a moment ago: the others have it, or look for it themselves.
    var isAfterCrowd = false
    /// What the peer has and we want, not asked for yet.
    var wanted: [TableEntry] = []
    /// Asked for and not arrived.
    private(set) var outstanding: Set<TableEntry> = []
    /// What the peer lacks, and was not sent yet.
    var pushes: [SignedRecord] = []
    var pushed = 0
    /// The entries seen of a bucket whose summary takes several datagrams.
    var pages: [Int: Set<NodeID>] = [:]

    /// How many entries to ask for at a time: doubled with every window that comes whole.
    private(set) var window = Self.smallestWindow

    static let smallestWindow = 24
    static let largestWindow = 96
    /// Entries in one request, so that one datagram asks for no more than a few.
    static let page = 24
    static let mostRounds = 256
    static let mostPushed = 64

    init(peer: NodeID, endpoint: Endpoint, deadline: Instant) {
        self.peer = peer
        self.endpoint = endpoint
        self.deadline = deadline
    }

    /// - Returns: whether it was asked for.
    mutating func arrived(_ entry: TableEntry, _ now: Instant) -> Bool {
        guard outstanding.remove(entry) != nil else { return false }
        silent = 0
        if outstanding.isEmpty { window = min(window * 2, Self.largestWindow) }
        return true
    }

    var isWindowOpen: Bool { outstanding.isEmpty }

    /// The next window of entries to ask for.
    mutating func nextWindow() -> [TableEntry] {
        let asked = Array(wanted.prefix(window))
        wanted.removeFirst(asked.count)
        outstanding = Set(asked)
        return asked
    }

    mutating func beginRound() {
        round += 1
        isFetching = false
        isResting = false
        pushed = 0
        pushes = []
        pages = [:]
        wanted = []
    }

    mutating func giveUpOutstanding() {
        outstanding = []
        window = Self.smallestWindow
    }
}
