import Glibc
import LeaseLedger
import Synchronization
import Testing

@testable import LeaseStore

/// Crashes and power losses at every write: what was committed is never lost, and the store opens again without help.
@Suite(.serialized) struct CrashTests {
    /// What a run had been promised when it ended.
    struct Promised {
        var sequence: UInt64 = 0
        var attempted: UInt64 = 0
        var revocations = 0
    }

    @Test(arguments: 0..<1_200 as Range<Int>)
    func `a crash at any write loses nothing that was committed`(seed: Int) throws {
        try #require(CrashingDisk.install)
        var random = TestRandom(state: UInt64(seed))
        let directory = try TemporaryDirectory()
        try LeaseStore(stateDirectory: directory.path).commitOwn(try Sample.own(sequence: 1))

        CrashingDisk.state.withLock {
            $0 = CrashingDisk.State(directory: directory.path + "/", remaining: Int.random(in: 0..<260, using: &random))
        }
        let losesPower = Bool.random(using: &random)
        let promised = try Self.run(directory.path, &random)
        let disk = CrashingDisk.state.withLock { state in
            defer { state = CrashingDisk.State() }
            return state
        }
        try #require(disk.isCut)
        if losesPower { try Self.undo(disk.unsynced, &random) }

        let store = try LeaseStore(stateDirectory: directory.path)
        #expect(store.opening == .existing, "seed \(seed)")
        let state = try store.load()
        #expect(state.skippedCount == 0, "seed \(seed)")
        let sequence = try #require(state.own?.sequenceReserved)
        #expect(sequence >= promised.sequence && sequence <= promised.attempted, "seed \(seed): \(promised)")
        #expect(state.own == (try Sample.own(sequence: sequence)), "seed \(seed)")
        #expect(state.revocations.count >= promised.revocations, "seed \(seed)")
        // Peers are written in batches: one batch whole, whichever.
        #expect(Set(state.peers.map(\.record.version.sequence)).count <= 1, "seed \(seed)")
        #expect(try store.check() == [], "seed \(seed)")
    }

    /// Commits until the disk is cut, at times with a checkpoint or a restart in between.
    private static func run(_ path: String, _ random: inout TestRandom) throws -> Promised {
        var promised = Promised(sequence: 1, attempted: 1)
        while true {
            do {
                let store = try LeaseStore(stateDirectory: path)
                for _ in 0..<Int.random(in: 1...12, using: &random) {
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0, 1:
                        promised.attempted = promised.sequence + 1
                        try store.commitOwn(try Sample.own(sequence: promised.attempted))
                        promised.sequence = promised.attempted
                    case 2:
                        let version = UInt64.random(in: 1..<1_000, using: &random)
                        try store.writePeers(upserts: try (2..<30).map { try Sample.peer($0, sequence: version) })
                    case 3:
                        let next = Revocation(nodeID: NodeID(bits: 8), claimEpoch: UInt64(promised.revocations))
                        try store.writeRevocations(additions: [StoredRevocation(next, encoded: [1])])
                        promised.revocations += 1
                    default: try store.checkpoint()
                    }
                }
            } catch let error as StoreError {
                #expect(error.kind == .inputOutput)
                return promised
            }
            if CrashingDisk.state.withLock({ $0.isCut }) { return promised }
        }
    }

    /// Takes back unsynced writes, latest first: all, all but the growth of files, or a random half.
    private static func undo(_ writes: [CrashingDisk.Undo], _ random: inout TestRandom) throws {
        let kept = Int.random(in: 0..<3, using: &random)
        for write in writes.reversed() where kept != 2 || Bool.random(using: &random) {
            guard Paths.exists(write.name) else { continue }
            let file = try Descriptor(opening: write.name, flags: O_WRONLY)
            pwrite(file.number, write.before, write.before.count, off_t(write.offset))
            if kept == 0 { ftruncate(file.number, off_t(write.sizeBefore)) }
        }
    }
}
