internal import LeaseLedger

/// Events in the order of virtual time; events of one instant in the order in which they were added.
struct EventQueue<Event> {
    private struct Entry {
        let time: Int64
        let sequence: UInt64
        let event: Event

        func precedes(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : sequence < other.sequence
        }
    }

    private var heap: [Entry] = []
    private var sequence: UInt64 = 0

    var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.time) } }

    mutating func add(_ event: Event, at time: Instant) {
        let entry = Entry(time: time.nanoseconds, sequence: sequence, event: event)
        sequence += 1
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 4
            guard entry.precedes(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> (time: Instant, event: Event)? {
        guard let last = heap.popLast() else { return nil }
        guard let first = heap.first else { return (Instant(nanoseconds: last.time), last.event) }
        heap[0] = last
        sink()
        return (Instant(nanoseconds: first.time), first.event)
    }

    /// Four children a node: half the levels of a binary heap, and children that share a cache line.
    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            let firstChild = 4 * parent + 1
            for child in firstChild..<max(firstChild, min(firstChild + 4, heap.count))
            where heap[child].precedes(heap[least]) {
                least = child
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
