import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

@Suite struct StoreRoundTripTests {
    @Test func `a fresh store is empty, its directory and files are for the owner alone`() throws {
        let directory = try TemporaryDirectory()
        let state = directory.path + "/var/lib/felt"
        let store = try LeaseStore(stateDirectory: state)
        #expect(store.opening == .created)
        #expect(try store.load() == StoredState())
        for (path, mode) in [(state, 0o700), (store.path, 0o600), (store.path + ".lock", 0o600)] as [(String, UInt32)] {
            #expect(try Descriptor(opening: path, flags: 0).status().st_mode & 0o777 == mode, "\(path)")
        }
    }

    @Test func `all that is stored comes back, in this run and the next`() throws {
        let directory = try TemporaryDirectory()
        var expected = StoredState()
        expected.clusterID = 0x0102_0304_0506_0708
        expected.settings = try Sample.settings()
        expected.settingsAgreed = true
        expected.own = try Sample.own(sequence: 64)
        expected.peers = try (2..<300).map { try Sample.peer($0, unreachable: $0 % 2 == 0 ? $0 : nil) }
        expected.revocations = (1..<9).map {
            StoredRevocation(Revocation(nodeID: NodeID(bits: 3), claimEpoch: $0), encoded: [1, 2, UInt8($0)])
        }
        expected.keys = [[UInt8](repeating: 1, count: 32), [UInt8](repeating: 0, count: 32)]
        do {
            let store = try LeaseStore(stateDirectory: directory.path)
            try store.saveSettings(clusterID: expected.clusterID, expected.settings, agreed: true)
            try store.commitOwn(try #require(expected.own))
            try store.writePeers(upserts: expected.peers + [try Sample.peer(1_000)])
            try store.writePeers(upserts: [], removals: [NodeID(bits: 1_000)])
            try store.writeRevocations(additions: expected.revocations)
            try store.saveKeys([[UInt8](repeating: 9, count: 32)])
            try store.saveKeys(expected.keys)
            #expect(try store.load() == expected)
            #expect(store.writes == 7)
        }
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.opening == .existing)
        #expect(try store.load() == expected)
        #expect(store.writes == 0)
    }

    @Test func `own state may be nothing but an identity`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        let own = OwnState(nodeID: NodeID(bits: .max))
        try store.commitOwn(try Sample.own(sequence: 3))
        try store.commitOwn(own)
        #expect(try store.load().own == own)
    }

    @Test func `what does not change anything is not written`() throws {
        let directory = try TemporaryDirectory()
        let own = try Sample.own(sequence: 1)
        do {
            let store = try LeaseStore(stateDirectory: directory.path)
            for _ in 0..<5 {
                try store.commitOwn(own)
                try store.saveSettings(clusterID: 1, try Sample.settings(), agreed: false)
                try store.writePeers(upserts: [])
                try store.writeRevocations(additions: [])
                try store.append(events: [])
            }
            #expect(store.writes == 2)
        }
        let store = try LeaseStore(stateDirectory: directory.path)
        _ = try store.load()
        let before = try contents(store.path)
        try store.commitOwn(own)
        try store.saveSettings(clusterID: 1, try Sample.settings(), agreed: false)
        #expect(store.writes == 0)
        #expect(Paths.size(of: store.path + "-wal") ?? 0 == 0)
        #expect(try contents(store.path) == before)
    }

    @Test func `the journal keeps the newest thousand events in order`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        for batch in 0..<25 as Range<UInt64> {
            try store.append(
                events: (0..<50 as Range<UInt64>).map {
                    JournalEvent(kind: "claimed", json: #"{"n":\#(batch * 50 + $0)}"#, bootSeconds: batch)
                })
        }
        let entries = try store.events()
        #expect(entries.count == 1_000)
        #expect(entries.first?.event.json == #"{"n":250}"#)
        #expect(entries.last?.event.json == #"{"n":1249}"#)
        #expect(entries.map(\.number) == Array(251...1250))
        #expect(!entries.map(\.isOfThisBoot).contains(false))
        #expect(try store.events(newest: 3).map(\.number) == [1248, 1249, 1250])
    }

    @Test func `an event too long is kept by its size`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        try store.append(events: [JournalEvent(kind: "x", json: String(repeating: "a", count: 5_000), bootSeconds: 1)])
        #expect(try store.events().first?.event.json == #"{"omittedBytes":5000}"#)
    }

    @Test func `a backup has everything but the keys and replaces nothing`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        let key = (0..<32).map { UInt8($0 * 3 + 40) }
        try store.saveKeys([key])
        try store.commitOwn(try Sample.own(sequence: 5))
        try store.writePeers(upserts: try (2..<50).map { try Sample.peer($0) })
        try store.append(events: [JournalEvent(kind: "claimed", json: "{}", bootSeconds: 4)])
        let reader = LeaseStoreReader(stateDirectory: directory.path)
        let ways: [(String) throws -> Void] = [{ try store.backup(to: $0) }, { try reader.backup(to: $0) }]
        for (number, backup) in ways.enumerated() {
            let restored = try TemporaryDirectory()
            let target = restored.path + "/felt.db"
            try backup(target)
            let bytes = try contents(target)
            let hasKey = bytes.indices.contains { bytes[$0...].starts(with: key) }
            #expect(!hasKey, "way \(number)")
            #expect(Paths.entries(of: restored.path) == ["felt.db"])
            #expect(#expect(throws: StoreError.self) { try backup(target) }?.kind == .exists)
            let copy = try LeaseStore(stateDirectory: restored.path)
            var expected = try store.load()
            expected.keys = []
            #expect(copy.opening == .existing)
            #expect(try copy.load() == expected)
            let (left, right) = (try copy.events(), try store.events())
            #expect(left == right)
        }
    }

    @Test func `the check finds nothing wrong in a good database`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        try store.commitOwn(try Sample.own(sequence: 5))
        #expect(try store.check() == [])
        #expect(try LeaseStoreReader(stateDirectory: directory.path).check() == [])
    }
}
