extension LeaseStore {
    /// Events kept; older ones go.
    package static let journalLength = 1_000

    /// Adds to the journal in one transaction; lazy.
    package func append(events: [JournalEvent]) throws(StoreError) {
        guard !events.isEmpty else { return }
        try write(.lazy) { connection throws(SQLiteFailure) in
            let insert = try connection.prepare(
                "INSERT INTO events (kind, json, boot_seconds, boot_id) VALUES (?, ?, ?, ?)")
            for event in events.suffix(Self.journalLength) {
                let length = event.json.utf8.count
                let json = length <= JournalEvent.longestJSON ? event.json : #"{"omittedBytes":\#(length)}"#
                try insert.run([
                    .text(String(event.kind.prefix(JournalEvent.longestKind))), .text(json),
                    .unsigned(event.bootSeconds), .text(bootID),
                ])
            }
            try connection.execute(
                "DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - \(Self.journalLength)")
        }
    }

    /// The newest events, oldest first.
    package func events(newest count: Int = journalLength) throws(StoreError) -> [JournalEntry] {
        do {
            return try connection.readEvents(newest: count, bootID: bootID)
        } catch {
            throw StoreError(error, path: path)
        }
    }
}
