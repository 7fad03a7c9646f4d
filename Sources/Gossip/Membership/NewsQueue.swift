internal import LeaseLedger

/// What is still to be spread, least sent first. An item's content is read when it is sent, so it is never out of date,
/// and newer news of the same subject takes the place of the older.
///
/// Lane k holds what was sent k times, in the order in which it got there. A place in a lane that its subject has left
/// stays behind until it is passed over; its serial number tells.
struct NewsQueue: Sendable {
    enum Subject: Hashable, Sendable {
        case record(NodeID)
        case liveness(NodeID)
        case revocation(Revocation)
    }

    private struct Place: Hashable, Sendable {
        var times: Int
        var serial: UInt64
    }

    private struct Lane: Sendable {
        var entries: [(subject: Subject, serial: UInt64)] = []
        /// Before this all places are left behind.
        var start = 0
    }

    private var places: [Subject: Place] = [:]
    private var lanes: [Lane] = []
    private var serial: UInt64 = 0
    /// Subjects that nobody was told yet, each once.
    private var fresh: [Subject] = []
    private var isFresh: Set<Subject> = []

    /// What does not fit any more is left to anti-entropy.
    static let capacity = 8_192

    var isEmpty: Bool { places.isEmpty }
    var count: Int { places.count }
    var hasFresh: Bool { !fresh.isEmpty }

    mutating func add(_ subject: Subject) {
        guard places[subject] != nil || places.count < Self.capacity else { return }
        put(subject, 0)
        if isFresh.insert(subject).inserted { fresh.append(subject) }
    }

    private mutating func put(_ subject: Subject, _ times: Int) {
        serial += 1
        places[subject] = Place(times: times, serial: serial)
        while lanes.count <= times { lanes.append(Lane()) }
        lanes[times].entries.append((subject, serial))
        // At most as many places as there are subjects are left behind in a lane.
        if lanes[times].entries.count > 2 * places.count + 16 {
            lanes[times].entries.removeAll { places[$0.subject]?.serial != $0.serial }
            lanes[times].start = 0
        }
    }

    /// A lane is left in the order in which it was entered, more or less.
    private mutating func passOver(_ lane: Int) {
        let entries = lanes[lane].entries
        var start = lanes[lane].start
        while start < entries.count, places[entries[start].subject]?.serial != entries[start].serial { start += 1 }
        lanes[lane].start = start
    }

    /// The next subjects that nobody was told yet.
    mutating func takeFresh(_ most: Int) -> [Subject] {
        let taken = Array(fresh.prefix(most))
        fresh.removeFirst(taken.count)
        isFresh.subtract(taken)
        return taken
    }

    /// The least sent subjects, at most so many.
    mutating func leastSent(_ most: Int) -> [Subject] {
        var found: [Subject] = []
        for lane in lanes.indices where found.count < most {
            passOver(lane)
            for entry in lanes[lane].entries[lanes[lane].start...] where places[entry.subject]?.serial == entry.serial {
                guard found.count < most else { return found }
                found.append(entry.subject)
            }
        }
        return found
    }

    /// It was sent, or need not be.
    mutating func countSent(_ subject: Subject, limit: Int) {
        guard let place = places[subject] else { return }
        if place.times + 1 >= limit { places[subject] = nil } else { put(subject, place.times + 1) }
        if places.isEmpty { lanes = [] }
    }

    /// It spreads without this node.
    mutating func drop(_ subject: Subject) {
        countSent(subject, limit: 0)
        if isFresh.remove(subject) != nil { fresh.removeAll { $0 == subject } }
    }

    /// The fewest times any item was sent.
    var fewestTimes: Int {
        mutating get {
            for lane in lanes.indices {
                passOver(lane)
                if lanes[lane].start < lanes[lane].entries.count { return lane }
            }
            return 0
        }
    }
}
