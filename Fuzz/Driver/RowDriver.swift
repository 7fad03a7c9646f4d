internal import LeaseLedger
internal import LeaseStore

/// Rows of any values in the store's tables, without the types and checks that the schema asks for: what the daemon and
/// leasectl make of them agrees, and what was understood is written and read again as it is.
enum RowDriver {
    struct Table {
        let name: String
        let columns: Int
    }

    static let tables = [
        Table(name: "cluster", columns: 11), Table(name: "own", columns: 13), Table(name: "peers", columns: 5),
        Table(name: "revocations", columns: 3), Table(name: "keys", columns: 2), Table(name: "events", columns: 5),
    ]

    /// The store's own tables, made anew of their own words but those that say what a column may hold.
    private static let empty: [UInt8] = {
        var database: [UInt8] = []
        Scratch.withFolder { folder in
            _ = try? LeaseStore(stateDirectory: folder)
            let path = folder + "/felt.db"
            do {
                let raw = RawDatabase(path)
                for table in tables {
                    let words = raw.rows("SELECT sql FROM sqlite_schema WHERE name = '\(table.name)'")
                    guard case .text(let sql)? = words.first?.first else { preconditionFailure(table.name) }
                    let loose = [" STRICT, WITHOUT ROWID", " STRICT", " CHECK (id = 1)", " NOT NULL"]
                        .reduce(String(decoding: sql, as: UTF8.self)) { $0.replacing($1, with: "") }
                    raw.execute("DROP TABLE \(table.name); \(loose)")
                    precondition(
                        raw.rows("SELECT name FROM pragma_table_info('\(table.name)')").count == table.columns)
                }
            }
            database = Scratch.read(path) ?? []
        }
        return database
    }()

    static func run(_ bytes: [UInt8]) {
        let empty = empty
        Scratch.withFolder { folder in
            Scratch.write(empty, to: folder + "/felt.db")
            fill(RawDatabase(folder + "/felt.db"), bytes)
            do {
                let reader = LeaseStoreReader(stateDirectory: folder)
                let read = try reader.readAll()
                precondition(Set(read.peers.map(\.record.nodeID)).count == read.peers.count)
                let events = try reader.events()
                precondition(events.count <= LeaseStore.journalLength)
                let store = try LeaseStore(stateDirectory: folder)
                let loaded = try store.load()
                precondition(store.opening == .existing && loaded == read)
                for revocation in read.revocations { _ = StoredRevocation.decode(revocation.encoded) }
                let copy = try copied(read, to: folder + "/copy")
                precondition(copy == read.whole, "something was lost in writing")
            } catch {
                preconditionFailure("rows made the store unusable")
            }
        }
    }

    /// A byte for the table, then its columns; what the bytes do not reach to is null.
    private static func fill(_ database: consuming RawDatabase, _ bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        database.execute("BEGIN")
        while let number = try? reader.integer(UInt8.self) {
            let table = tables[Int(number) % tables.count]
            let values = (0..<table.columns).map { _ in RawValue(from: &reader) ?? .null }
            database.insert(into: table.name, values)
        }
        database.execute("COMMIT")
    }

    private static func copied(_ state: StoredState, to folder: String) throws -> StoredState {
        let store = try LeaseStore(stateDirectory: folder)
        if !state.keys.isEmpty { try store.saveKeys(state.keys) }
        try store.saveSettings(clusterID: state.clusterID, state.settings, agreed: state.settingsAgreed)
        if let own = state.own { try store.commitOwn(own) }
        try store.writePeers(upserts: state.peers)
        try store.writeRevocations(additions: state.revocations)
        return try store.load()
    }

    /// Such bytes of a database's real rows, for the corpus.
    static func encoded(_ path: String) -> [UInt8] {
        let database = RawDatabase(path)
        var writer = ByteWriter()
        for (number, table) in tables.enumerated() {
            for row in database.rows("SELECT * FROM \(table.name)") {
                writer.integer(UInt8(number))
                for value in row { value.write(to: &writer) }
            }
        }
        return writer.bytes
    }
}

extension StoredState {
    /// Without what was not understood.
    fileprivate var whole: StoredState {
        var state = self
        (state.skipped, state.skippedCount) = ([], 0)
        return state
    }
}

extension RawValue {
    /// A byte for the type, and what it needs; lengths in two bytes.
    fileprivate init?(from reader: inout ByteReader) {
        guard let tag = try? reader.integer(UInt8.self) else { return nil }
        switch tag % 6 {
        case 0: self = .null
        case 1: self = .integer(Int64((try? reader.integer(UInt8.self)) ?? 0))
        case 2: self = .integer(Int64(bitPattern: (try? reader.integer(UInt64.self)) ?? 0))
        case 3: self = .text(Self.bytes(from: &reader))
        case 4: self = .blob(Self.bytes(from: &reader))
        default: self = .real(Double(bitPattern: (try? reader.integer(UInt64.self)) ?? 0))
        }
    }

    private static func bytes(from reader: inout ByteReader) -> [UInt8] {
        let length = Int((try? reader.integer(UInt16.self)) ?? 0) % 4_096
        return (try? reader.slice(min(length, reader.remaining))).map { Array($0) } ?? []
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .null: writer.integer(UInt8(0))
        case .integer(let number):
            writer.integer(UInt8(2))
            writer.integer(UInt64(bitPattern: number))
        case .text(let bytes), .blob(let bytes):
            if case .text = self { writer.integer(UInt8(3)) } else { writer.integer(UInt8(4)) }
            writer.integer(UInt16(bytes.count))
            for byte in bytes { writer.integer(byte) }
        case .real(let number):
            writer.integer(UInt8(5))
            writer.integer(number.bitPattern)
        }
    }
}
