import Addressing
import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

/// What a node knows of its cluster when its database is gone.
@Suite struct ClusterFileTests {
    private static let keys = [[UInt8](repeating: 7, count: 32), [UInt8](repeating: 250, count: 32)]

    private func remembering(_ path: String) throws {
        let store = try LeaseStore(stateDirectory: path)
        try store.saveKeys(Self.keys)
        try store.saveSettings(clusterID: 0xFEED, try Sample.settings(), agreed: true)
        try store.commitOwn(try Sample.own(sequence: 5))
    }

    @Test func `keys, cluster and settings outlive the database`() throws {
        let directory = try TemporaryDirectory()
        try remembering(directory.path)
        try overwrite(directory.path + "/felt.db", [])
        unlink(directory.path + "/felt.db-wal")
        let store = try LeaseStore(stateDirectory: directory.path)
        guard case .openedFresh = store.opening else {
            Issue.record("\(store.opening)")
            return
        }
        let state = try store.load()
        #expect(state.keys == Self.keys && state.clusterID == 0xFEED)
        #expect(state.settings == (try Sample.settings()) && state.settingsAgreed)
        #expect(state.own == nil && state.skippedCount == 0)
    }

    @Test func `a damaged file is told of and made anew from the database`() throws {
        let directory = try TemporaryDirectory()
        try remembering(directory.path)
        let path = directory.path + "/cluster"
        let whole = try contents(path)
        for position in stride(from: 0, to: whole.count, by: 7) {
            var damaged = whole
            damaged[position] ^= 1
            try overwrite(path, damaged)
            #expect(ClusterFile(stateDirectory: directory.path).read() == nil, "byte \(position)")
        }
        try overwrite(path, Array(whole.dropLast(3)))
        #expect(try LeaseStoreReader(stateDirectory: directory.path).readAll().skipped.map(\.table) == ["file"])
        let store = try LeaseStore(stateDirectory: directory.path)
        let state = try store.load()
        #expect(state.keys == Self.keys && state.clusterID == 0xFEED)
        #expect(try contents(path) == whole)
        #expect(state.skipped.map(\.table) == ["file"], "\(state.skipped)")
        #expect(try store.load().skipped.isEmpty)
    }

    @Test func `a database of another cluster gives no settings and no peers`() throws {
        let directory = try TemporaryDirectory()
        try remembering(directory.path)
        let other = try TemporaryDirectory()
        do {
            let store = try LeaseStore(stateDirectory: other.path)
            try store.saveSettings(
                clusterID: 1, NetworkSettings(pool: try SubnetPool(network: try IPv4Block(parsing: "10.9.0.0/16"))),
                agreed: true)
            try store.writePeers(upserts: [try Sample.peer(9)])
            try store.checkpoint()
        }
        unlink(directory.path + "/felt.db-wal")
        unlink(directory.path + "/felt.db-shm")
        try run("/bin/cp", other.path + "/felt.db", directory.path)
        let state = try LeaseStore(stateDirectory: directory.path).load()
        #expect(state.clusterID == 0xFEED && state.keys == Self.keys && state.peers.isEmpty)
        #expect(state.settings == (try Sample.settings()))
    }

    @Test func `it is written only when something has changed, and for its owner alone`() throws {
        let directory = try TemporaryDirectory()
        try remembering(directory.path)
        let before = try #require(Paths.place(of: directory.path + "/cluster"))
        try remembering(directory.path)
        #expect(Paths.place(of: directory.path + "/cluster") == before)
        var status = stat()
        #expect(stat(directory.path + "/cluster", &status) == 0 && status.st_mode & 0o7777 == 0o600)
    }

    @Test func `a store knows when its database has been exchanged under it`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.isInPlace)
        try run("/bin/mv", directory.path + "/felt.db", directory.path + "/gone")
        #expect(!store.isInPlace)
        try run("/bin/cp", directory.path + "/gone", directory.path + "/felt.db")
        #expect(!store.isInPlace)
    }
}
