internal import LeaseLedger

/// Something that waits until a deadline.
protocol Expiring {
    var deadline: Instant { get }
    /// All of its time begins so much later.
    mutating func delay(by span: Duration)
}

/// What waits, each until its own deadline. The earliest is at hand: it is asked for at every input, and while many come
/// and go there are hundreds of these.
struct Waiting<Key: Hashable & Comparable & Sendable, Value: Expiring & Sendable>: Sendable {
    private var values: [Key: Value] = [:]
    /// The earliest deadline of all.
    private(set) var earliest: Instant?

    var count: Int { values.count }
    var isEmpty: Bool { values.isEmpty }
    var keys: [Key] { values.keys.sorted() }

    subscript(key: Key) -> Value? {
        get { values[key] }
        set {
            let former = values[key]?.deadline
            values[key] = newValue
            if let deadline = newValue?.deadline, deadline <= earliest ?? deadline {
                earliest = deadline
            } else if former != nil, former == earliest {
                findEarliest()
            }
        }
    }

    /// Those whose time is over, in the order of their keys.
    func due(_ now: Instant) -> [(key: Key, value: Value)] {
        guard let earliest, earliest <= now else { return [] }
        return values.filter { $0.value.deadline <= now }.sorted { $0.key < $1.key }
    }

    mutating func delayAll(by span: Duration) {
        for key in values.keys { values[key]?.delay(by: span) }
        findEarliest()
    }

    mutating func removeAll(where isUnwanted: (Value) -> Bool) {
        values = values.filter { !isUnwanted($0.value) }
        findEarliest()
    }

    private mutating func findEarliest() {
        earliest = values.values.lazy.map(\.deadline).min()
    }
}
