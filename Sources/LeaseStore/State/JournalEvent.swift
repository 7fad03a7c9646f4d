/// Something that happened to a lease.
package struct JournalEvent: Hashable, Sendable {
    package var kind: String
    /// One JSON object. Beyond `longestJSON` bytes only its size is kept.
    package var json: String
    /// CLOCK_BOOTTIME when it happened, seconds.
    package var bootSeconds: UInt64

    package static let longestKind = 64
    package static let longestJSON = 4_096

    package init(kind: String, json: String, bootSeconds: UInt64) {
        self.kind = kind
        self.json = json
        self.bootSeconds = bootSeconds
    }
}

/// An event as the journal keeps it.
package struct JournalEntry: Hashable, Sendable {
    /// Grows by one an event, over all runs.
    package var number: Int64
    package var event: JournalEvent
    /// Whether `bootSeconds` counts from the present boot: otherwise it says nothing about how long ago it was.
    package var isOfThisBoot: Bool
}
