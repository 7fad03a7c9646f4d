package import LeaseStore

/// The database that a document is imported into, as it is now.
package struct ImportTarget {
    package let database: String
    package let document: String
    package let state: StoredState

    private static let name = "felt.db"

    package init(database: String, document: String) throws {
        guard database == Self.name || database.hasSuffix("/" + Self.name) else {
            throw DocumentError(
                database, "is not the database of a state directory, <state-dir>/\(Self.name); name one with --database"
            )
        }
        self.database = database
        self.document = document
        let reader = LeaseStoreReader(database: database)
        if case .running(let pid) = reader.daemonPresence { throw StoreError(.inUse(pid: pid), path: database) }
        do throws(StoreError) {
            state = try reader.readAll()
        } catch {
            // A node that has never run: what is imported is what it begins with.
            guard error.kind == .missing else { throw error }
            state = StoredState()
        }
    }

    package var stateDirectory: String {
        database.contains("/") ? String(database.dropLast(Self.name.utf8.count + 1)) : "."
    }
}
