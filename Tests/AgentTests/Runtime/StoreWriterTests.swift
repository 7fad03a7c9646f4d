import Glibc
import LeaseLedger
import LeaseStore
import Logging
import Testing

@testable import Agent

/// The database is damaged, taken away or exchanged under the running daemon.
@Suite(.serialized) struct StoreWriterTests {
    private let scratch: Scratch
    private let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private var database: String { scratch.path + "/felt.db" }

    init() throws { scratch = try Scratch() }

    private func writer() throws -> StoreWriter {
        StoreWriter(try LeaseStore(stateDirectory: scratch.path), stateDirectory: scratch.path, log: log)
    }

    private func fill(_ writer: StoreWriter) async throws {
        try await writer.saveSettings(clusterID: 5, try StoreSample.settings())
        try await writer.commitOwn(try StoreSample.own(reserved: 70_000))
        try await writer.writePeers(try (2..<6).map { StoredPeer(record: try StoreSample.record($0)) })
        let revocation = Revocation(nodeID: NodeID(bits: 9), claimEpoch: 4)
        try await writer.writeRevocations([StoredRevocation(revocation, encoded: [1, 2])], removing: [])
    }

    /// What is on the disk, in another reader's eyes.
    private func stored() throws -> StoredState { try LeaseStoreReader(database: database).read().state }

    private func removeDatabase() {
        for companion in ["", "-wal", "-shm"] { unlink(database + companion) }
    }

    @Test(arguments: ["removed", "another's", "an older copy"])
    func `a database that is another under the running daemon gets all that the run knows`(how: String) async throws {
        let writer = try writer()
        if how == "an older copy" {
            try await writer.commitOwn(try StoreSample.own(reserved: 10))
            try LeaseStoreReader(database: database).backup(to: scratch.path + "/copy")
        }
        try await fill(writer)
        let before = try stored()
        removeDatabase()
        switch how {
        case "another's":
            let other = try Scratch()
            do {
                var own = try StoreSample.own(reserved: 1 << 40)
                own.nodeID = NodeID(bits: 77)
                try LeaseStore(stateDirectory: other.path).commitOwn(own)
            }
            #expect(rename(other.path + "/felt.db", database) == 0)
        case "an older copy": #expect(rename(scratch.path + "/copy", database) == 0)
        default: break
        }
        // The next write, whatever it is, finds it out.
        try await writer.append([JournalEvent(kind: "moved", json: "{}", bootSeconds: 1)])
        let after = try stored()
        #expect(after.own == before.own)
        #expect(after.settings == before.settings && after.clusterID == before.clusterID)
        #expect(after.peers == before.peers)
        #expect(after.revocations == before.revocations)
        #expect(try await writer.events().map(\.event.kind) == ["moved"])
        #expect(await writer.writes > 4)
    }

    @Test func `numbers of a database that has higher ones are never lowered`() async throws {
        let writer = try writer()
        try await fill(writer)
        removeDatabase()
        let other = try Scratch()
        do { try LeaseStore(stateDirectory: other.path).commitOwn(try StoreSample.own(reserved: 900_000)) }
        #expect(rename(other.path + "/felt.db", database) == 0)
        try await writer.writePeers([StoredPeer(record: try StoreSample.record(8))])
        let own = try #require(try stored().own)
        #expect(own.sequenceReserved == 900_000 && own.incarnationReserved == 900_000)
        // The claim is what the run says.
        #expect(own.record == (try StoreSample.own(reserved: 70_000).record))
    }

    @Test func `a database that is damaged under the running daemon is set aside and written anew`() async throws {
        let writer = try writer()
        try await fill(writer)
        let before = try stored()
        // More than SQLite keeps in memory, so that it meets the damage.
        let numbers = 1_000..<5_000 as Range<UInt64>
        try await writer.writePeers(try numbers.map { StoredPeer(record: try StoreSample.record($0)) })
        var random = TestRandom(state: 1)
        for companion in ["", "-wal"] { try overwrite(database + companion, &random) }
        let newer = try numbers.map { StoredPeer(record: try StoreSample.record($0, sequence: 2)) }
        try await writer.writePeers(newer)
        let after = try stored()
        #expect(after.own == before.own)
        #expect(after.peers == before.peers + newer)
        #expect(after.revocations == before.revocations)
        #expect(folderNames().contains { $0.hasPrefix("felt.db.corrupt-") })
    }

    private func overwrite(_ path: String, _ random: inout TestRandom) throws {
        let file = open(path, O_WRONLY)
        try #require(file >= 0)
        defer { close(file) }
        let size = Int(lseek(file, 0, SEEK_END))
        // Not the header: a file that is no database at all is not Felt's to set aside.
        let noise = random.bytes(size - 100)
        #expect(pwrite(file, noise, noise.count, 100) == noise.count)
    }

    @Test func `what a failing disk did not take is written when it works again`() async throws {
        let writer = try writer()
        try await fill(writer)
        // No place for a database: a folder has its name.
        removeDatabase()
        #expect(mkdir(database, 0o700) == 0)
        let newer = try StoreSample.own(reserved: 140_000)
        await #expect(throws: (any Error).self) { try await writer.commitOwn(newer) }
        await #expect(throws: (any Error).self) {
            try await writer.writePeers([StoredPeer(record: try StoreSample.record(8))], removing: [NodeID(bits: 2)])
        }
        await #expect(throws: (any Error).self) { _ = try await writer.catchUp() }
        #expect(rmdir(database) == 0)
        #expect(try await writer.catchUp())
        let after = try stored()
        #expect(after.own == newer)
        #expect(after.peers.map(\.record.nodeID) == [3, 4, 5, 8].map { NodeID(bits: $0) })
        #expect(after.revocations.count == 1)
        let writes = await writer.writes
        #expect(try await writer.catchUp() == false)
        #expect(await writer.writes == writes)
    }

    @Test func `reserving goes on above what the disk says`() async throws {
        let writer = try writer()
        try await writer.commitOwn(try StoreSample.own(reserved: 70_000))
        let state = try await writer.reserve(for: NodeID(bits: 1))
        #expect(try #require(state.own).sequenceReserved == 70_000 + 65_536)
        #expect(try #require(try stored().own).sequenceReserved == 70_000 + 65_536)
    }

    private func folderNames() -> [String] {
        guard let folder = opendir(scratch.path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names
    }
}
