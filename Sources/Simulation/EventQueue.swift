internal import LeaseLedger

/// Events in the order of virtual time; events of one instant in the order in which they were added.
struct EventQueue<Event> {
    /// What is moved about in the heap is small, and no reference.
    private struct Entry {
        let time: Int64
        let sequence: UInt64
        /// Where the event is.
        let place: Int

        func precedes(_ other: Entry) -> Bool {
            time != other.time ? time < other.time : sequence < other.sequence
        }
    }

    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var freePlaces: [Int] = []
    private var sequence: UInt64 = 0

    var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.time) } }

    mutating func add(_ event: Event, at time: Instant) {
        let place = freePlaces.popLast() ?? events.count
        if place == events.count { events.append(event) } else { events[place] = event }
        let entry = Entry(time: time.nanoseconds, sequence: sequence, place: place)
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
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        freePlaces.append(first.place)
        return events[first.place].take().map { (Instant(nanoseconds: first.time), $0) }
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
