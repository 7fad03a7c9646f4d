internal import Addressing
internal import Gossip
internal import LeaseLedger

/// How long news takes to reach everybody: a change of a record, or a node's death.
package struct SpreadMeter {
    private struct Change {
        let version: RecordVersion
        let began: Instant
        var reached: Set<Int>
        var last: Instant
    }

    private struct Death {
        let began: Instant
        var suspected: Instant?
        var found: Set<Int> = []
    }

    /// Whether changes are measured now.
    var isMeasuring = false
    /// How many others there are to reach.
    var audience = 0
    /// Of each change that has reached all: the time in seconds.
    package private(set) var changes: [Double] = []
    /// Of each change and node: the time in seconds.
    package private(set) var arrivals: [Double] = []
    package private(set) var detections: [Double] = []
    package private(set) var firstSuspicions: [Double] = []
    private var underWay: [NodeID: Change] = [:]
    private var deaths: [NodeID: Death] = [:]
    private var indexes: [NodeID: Int] = [:]

    var unfinished: Int { underWay.count + deaths.count }

    /// The machine with this identity; of clones, the one that spoke last.
    func index(of nodeID: NodeID) -> Int? { indexes[nodeID] }

    mutating func began(_ record: SignedRecord, by index: Int, at now: Instant) {
        indexes[record.nodeID] = index
        guard isMeasuring, underWay[record.nodeID] == nil else { return }
        underWay[record.nodeID] = Change(version: record.version, began: now, reached: [], last: now)
    }

    mutating func arrived(_ record: SignedRecord, at index: Int, _ now: Instant) {
        guard isMeasuring, let change = underWay[record.nodeID], change.version <= record.version,
            underWay[record.nodeID]?.reached.insert(index).inserted == true
        else { return }
        arrivals.append((now - change.began).inSeconds)
        guard change.reached.count + 1 >= audience else { return }
        changes.append((now - change.began).inSeconds)
        underWay[record.nodeID] = nil
    }

    mutating func died(_ nodeID: NodeID, at now: Instant) { deaths[nodeID] = Death(began: now) }

    mutating func verdict(_ event: NodeEvent, by index: Int, at now: Instant) {
        guard case .liveness(let subject, let liveness) = event, let death = deaths[subject] else { return }
        if death.suspected == nil, liveness == .suspect || liveness == .unreachable {
            deaths[subject]?.suspected = now
            firstSuspicions.append((now - death.began).inSeconds)
        }
        guard liveness == .unreachable, deaths[subject]?.found.insert(index).inserted == true,
            death.found.count + 1 >= audience
        else { return }
        detections.append((now - death.began).inSeconds)
        deaths[subject] = nil
    }
}
