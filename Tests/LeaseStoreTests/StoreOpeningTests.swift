import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

/// Whatever is found in the place of a database: it is used, set aside, or refused in words. Never a trap.
@Suite struct StoreOpeningTests {
    /// A closed database with something in it.
    static func filled(_ directory: TemporaryDirectory) throws -> String {
        let store = try LeaseStore(stateDirectory: directory.path)
        try store.commitOwn(try Sample.own(sequence: 9))
        try store.writePeers(upserts: try (2..<400).map { try Sample.peer($0) })
        return store.path
    }

    static func reason(_ opening: Opening) -> SetAside.Reason? {
        guard case .openedFresh(let aside) = opening else { return nil }
        return aside.reason
    }

    @Test func `a file that is something else is refused and left alone`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/felt.db"
        let text = Array("# my notes, not a database\n".utf8)
        try overwrite(path, text)
        let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: directory.path) }
        #expect(error?.kind == .notADatabase)
        #expect(error?.description.contains(path) == true)
        #expect(try contents(path) == text)
        #expect(throws: StoreError.self) { try LeaseStoreReader(stateDirectory: directory.path).read() }
    }

    @Test func `a directory in its place is refused`() throws {
        let directory = try TemporaryDirectory()
        mkdir(directory.path + "/felt.db", 0o700)
        let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: directory.path) }
        #expect(error?.kind == .notADatabase)
    }

    @Test func `another program's database is refused and left alone`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/felt.db"
        do {
            let other = try Connection(path: path, access: .create)
            try other.execute("CREATE TABLE songs (title TEXT); PRAGMA application_id = 42")
        }
        let before = try contents(path)
        let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: directory.path) }
        #expect(error?.kind == .otherApplication(id: 42))
        #expect(try contents(path) == before)
    }

    @Test func `a database of a newer release is refused, naming both versions`() throws {
        let directory = try TemporaryDirectory()
        let path = try Self.filled(directory)
        try Connection(path: path, access: .readWrite).execute("PRAGMA user_version = 99")
        for attempt in [
            { _ = try LeaseStore(stateDirectory: directory.path) },
            { _ = try LeaseStoreReader(stateDirectory: directory.path).read() },
        ] as [() throws -> Void] {
            let error = #expect(throws: StoreError.self) { try attempt() }
            #expect(error?.kind == .newerSchema(found: 99, supported: Schema.version))
            #expect(error?.description.contains("99") == true)
        }
    }

    @Test func `a truncated database opens or is set aside, at every length`() throws {
        let directory = try TemporaryDirectory()
        let whole = try contents(try Self.filled(directory))
        let lengths = Array(0..<140) + Array(stride(from: 140, to: whole.count, by: 1_021)) + [whole.count - 1]
        for length in lengths {
            let other = try TemporaryDirectory()
            let path = other.path + "/felt.db"
            try overwrite(path, Array(whole[..<length]))
            let store = try LeaseStore(stateDirectory: other.path)
            guard case .openedFresh(let aside) = store.opening else {
                Issue.record("\(length) of \(whole.count) bytes passed as \(store.opening)")
                continue
            }
            #expect(try contents(aside.keptAs) == Array(whole[..<length]), "\(length) bytes: evidence changed")
            try store.commitOwn(try Sample.own(sequence: 2))
            #expect(try store.load().own?.sequenceReserved == 2)
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `a database with random damage opens or is set aside`(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        let directory = try TemporaryDirectory()
        let path = try Self.filled(directory)
        var bytes = try contents(path)
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let start = Int.random(in: 16..<bytes.count, using: &random)
            for position in start..<min(bytes.count, start + Int.random(in: 1...3_000, using: &random)) {
                bytes[position] = seed % 3 == 0 ? 0 : UInt8.random(in: 0...255, using: &random)
            }
        }
        try overwrite(path, bytes)
        _ = try? LeaseStoreReader(stateDirectory: directory.path).read()
        do {
            let store = try LeaseStore(stateDirectory: directory.path)
            _ = try store.load()
            try store.commitOwn(try Sample.own(sequence: 2))
            #expect(try store.load().own?.sequenceReserved == 2, "seed \(seed)")
        } catch let error as StoreError {
            // The damage hit the fields that say whose database it is.
            switch error.kind {
            case .otherApplication, .newerSchema: break
            default: Issue.record("seed \(seed): \(error)")
            }
        }
    }

    @Test(arguments: [(100, .zeroed), (40_000, .zeroed), (50, .zeroed), (0, .truncated)] as [(Int, SetAside.Reason)])
    func `a zeroed or emptied database is set aside`(count: Int, reason: SetAside.Reason) throws {
        let directory = try TemporaryDirectory()
        try overwrite(directory.path + "/felt.db", [UInt8](repeating: 0, count: count))
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(Self.reason(store.opening) == reason)
        #expect(try store.load() == StoredState())
    }

    @Test func `a damaged database goes with its log, whose contents never reach the fresh one`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        try store.commitOwn(try Sample.own(sequence: 9))
        let copy = try crashed(directory.path)
        let log = try contents(copy.path + "/felt.db-wal")
        try overwrite(copy.path + "/felt.db", [UInt8](repeating: 0, count: 4_096))
        let fresh = try LeaseStore(stateDirectory: copy.path)
        guard case .openedFresh(let aside) = fresh.opening else {
            Issue.record("\(fresh.opening)")
            return
        }
        #expect(try contents(aside.keptAs + "-wal") == log)
        #expect(try fresh.load() == StoredState())
        #expect(aside.description.contains(aside.keptAs))
    }

    @Test func `a log without its database is set aside`() throws {
        let directory = try TemporaryDirectory()
        try overwrite(directory.path + "/felt.db-wal", [UInt8](repeating: 3, count: 5_000))
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(Self.reason(store.opening) == .orphaned)
        #expect(try store.load() == StoredState())
    }

    @Test func `only the newest databases set aside are kept`() throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<12 {
            try overwrite(directory.path + "/felt.db", [UInt8](repeating: 0, count: 10))
            _ = try LeaseStore(stateDirectory: directory.path)
        }
        let kept = Paths.entries(of: directory.path).filter { $0.contains("corrupt") }
        #expect(kept.count == DatabaseFiles.mostKept)
        #expect(kept.contains { $0.hasSuffix("-12") })
    }

    @Test func `an older copy of the database opens with what it knew`() throws {
        let directory = try TemporaryDirectory()
        let path = try Self.filled(directory)
        let old = try contents(path)
        do {
            let store = try LeaseStore(stateDirectory: directory.path)
            try store.commitOwn(try Sample.own(sequence: 900))
        }
        try overwrite(path, old)
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.opening == .existing)
        #expect(try store.load().own?.sequenceReserved == 9)
    }

    @Test func `a database half made by a crash is made again`() throws {
        let directory = try TemporaryDirectory()
        try overwrite(directory.path + "/felt.db.new", [1, 2, 3])
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.opening == .created)
        #expect(!Paths.exists(directory.path + "/felt.db.new"))
    }

    @Test(arguments: ["", "/dev/null", "/dev/null/felt", "/proc/felt"])
    func `a state directory that cannot be is refused by name`(path: String) {
        let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: path) }
        #expect(error?.kind == .directory)
        #expect(error?.description.contains("--state-dir") == true)
    }

    @Test func `rows that do not decode are left out, counted and named`() throws {
        let directory = try TemporaryDirectory()
        let path = try Self.filled(directory)
        try Connection(path: path, access: .readWrite).execute(
            """
            INSERT INTO peers VALUES (x'00', x'01', x'02', 0, NULL);
            INSERT INTO peers VALUES (zeroblob(16), zeroblob(100000), zeroblob(64), 0, NULL);
            UPDATE peers SET body = randomblob(100) WHERE node_id = (SELECT max(node_id) FROM peers);
            UPDATE own SET claim_class = 77, hint = '10.244.1.1/24', vtep_mac = 'ff:ff:ff:ff:ff:ff', body = x'05';
            INSERT INTO revocations VALUES (x'', -1, x'');
            INSERT INTO keys VALUES (3, x'0102');
            INSERT INTO cluster (id, cluster, agreed, network) VALUES (1, x'01', 1, 'here');
            INSERT INTO events (kind, json, boot_seconds, boot_id) VALUES (x'ff' || '', '{}', 0, '');
            """)
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.opening == .existing)
        let state = try store.load()
        #expect(state.peers.count == 397)
        #expect(state.skippedCount == 11)
        #expect(state.skipped.map(\.table).contains("cluster"))
        let own = try #require(state.own)
        #expect(own.sequenceReserved == 9)
        #expect(own.claim == nil && own.hint == nil && own.vtepMAC == nil && own.record == nil)
        #expect(state.settings == nil && state.clusterID == nil && state.keys.isEmpty && state.revocations.isEmpty)
        _ = try store.events()
        // What was half read is written again when it is committed, though it looks the same.
        try store.commitOwn(own)
        #expect(store.writes == 1)
        #expect(try store.load().own == own)
    }
}
