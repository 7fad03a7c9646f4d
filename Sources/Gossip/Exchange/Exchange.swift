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
    /// What the peer has and we want, not asked for yet.
    var wanted: [TableEntry] = []
    /// Asked for and not arrived.
    private(set) var outstanding: Set<TableEntry> = []
    var pushed = 0
    /// The entries seen of a bucket whose summary takes several datagrams.
    var pages: [Int: Set<NodeID>] = [:]

    static let window = 24
    static let mostRounds = 256
    static let mostPushed = 64

    init(peer: NodeID, endpoint: Endpoint, deadline: Instant) {
        self.peer = peer
        self.endpoint = endpoint
        self.deadline = deadline
    }

    mutating func arrived(_ entry: TableEntry, _ now: Instant) {
        guard outstanding.remove(entry) != nil else { return }
        silent = 0
    }

    var isWindowOpen: Bool { outstanding.isEmpty }

    /// The next window of entries to ask for.
    mutating func nextWindow() -> [TableEntry] {
        let window = Array(wanted.prefix(Self.window))
        wanted.removeFirst(window.count)
        outstanding = Set(window)
        return window
    }

    mutating func giveUpOutstanding() { outstanding = [] }
}
