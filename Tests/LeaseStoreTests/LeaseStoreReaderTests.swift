import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

@Suite struct LeaseStoreReaderTests {
    @Test func `a reader sees what a running daemon committed, who it is, and no keys`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        try store.saveKeys([[UInt8](repeating: 7, count: 32)])
        let reader = LeaseStoreReader(stateDirectory: directory.path)
        for sequence in 1...5 as ClosedRange<UInt64> {
            try store.commitOwn(try Sample.own(sequence: sequence))
            try store.append(events: [JournalEvent(kind: "claimed", json: "{}", bootSeconds: sequence)])
            let snapshot = try reader.read()
            #expect(snapshot.state.own == (try Sample.own(sequence: sequence)))
            #expect(snapshot.state.keys.isEmpty)
            #expect(snapshot.daemon == .running(pid: getpid()))
            #expect(try reader.events().last?.event.bootSeconds == sequence)
        }
    }

    @Test func `a reader of a stopped daemon's store leaves no trace`() throws {
        let directory = try TemporaryDirectory()
        try LeaseStore(stateDirectory: directory.path).commitOwn(try Sample.own(sequence: 3))
        let before = Set(Paths.entries(of: directory.path))
        let snapshot = try LeaseStoreReader(database: directory.path + "/felt.db").read()
        #expect(snapshot.state.own?.sequenceReserved == 3)
        #expect(snapshot.daemon == .down)
        #expect(Set(Paths.entries(of: directory.path)) == before)
        #expect(before == ["felt.db", "felt.db.lock"])
    }

    @Test func `a reader never keeps a daemon from starting`() async throws {
        let directory = try TemporaryDirectory()
        _ = try LeaseStore(stateDirectory: directory.path)
        let reader = LeaseStoreReader(stateDirectory: directory.path)
        async let reads: Void = Task.detached { for _ in 0..<200 { _ = reader.daemonPresence } }.value
        for _ in 0..<20 { _ = try LeaseStore(stateDirectory: directory.path) }
        await reads
        withExtendedLifetime(directory) {}
    }

    @Test func `a store that never was is missing`() throws {
        let directory = try TemporaryDirectory()
        let reader = LeaseStoreReader(stateDirectory: directory.path)
        let error = #expect(throws: StoreError.self) { try reader.read() }
        #expect(error?.kind == .missing)
        #expect(error?.description.contains(reader.path) == true)
    }

    @Test(arguments: [
        [], Array("hello, I am a text file that is long enough".utf8), [UInt8](repeating: 0, count: 9_000),
    ])
    func `what is no database is refused, not read`(bytes: [UInt8]) throws {
        let directory = try TemporaryDirectory()
        try overwrite(directory.path + "/felt.db", bytes)
        let error = #expect(throws: StoreError.self) { try LeaseStoreReader(stateDirectory: directory.path).read() }
        #expect(error?.kind == (bytes.isEmpty ? .missing : .notADatabase))
    }

    @Test(arguments: ["a b", "50%", "q?mode=ro", "#1", "ü", "%41"])
    func `a path may have any characters`(name: String) throws {
        let directory = try TemporaryDirectory()
        let state = "\(directory.path)/\(name)"
        try LeaseStore(stateDirectory: state).commitOwn(try Sample.own(sequence: 3))
        #expect(try LeaseStoreReader(stateDirectory: state).read().state.own?.sequenceReserved == 3)
        #expect(Paths.exists(state + "/felt.db"))
    }
}
