internal import Glibc

/// Copies a database, table by table, so that no byte of a key reaches the copy.
enum Backup {
    static func write(
        from source: String, _ access: Connection.Access, to destination: String
    ) throws(StoreError) {
        guard !Paths.exists(destination) else { throw StoreError(.exists, path: destination) }
        let temporary = "\(destination).partial-\(getpid())"
        defer { DatabaseFiles.remove(temporary) }
        do {
            DatabaseFiles.remove(temporary)
            do {
                _ = try Descriptor(opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
                let copy = try Connection(path: temporary, access: .readWrite)
                try copy.execute("PRAGMA synchronous = FULL")
                try Schema.migrate(copy, from: 0)
                try copy.prepare("ATTACH ? AS source").run([.text(Connection.uri(source, access))])
                try copy.transaction { () throws(SQLiteFailure) in
                    for table in Schema.backedUp {
                        try copy.execute("INSERT INTO main.\(table) SELECT * FROM source.\(table)")
                    }
                }
            }
            try Paths.publish(temporary, as: destination)
            try Paths.syncDirectory(Paths.parent(of: destination))
        } catch {
            throw StoreError(from: error, path: destination)
        }
    }
}
