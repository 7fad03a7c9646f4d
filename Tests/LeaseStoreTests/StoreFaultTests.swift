import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

/// Other daemons, full and read-only disks, ends without a goodbye.
@Suite struct StoreFaultTests {
    @Test func `a second daemon is refused and told the first one's process`() throws {
        let directory = try TemporaryDirectory()
        do {
            let first = try LeaseStore(stateDirectory: directory.path)
            let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: directory.path) }
            #expect(error?.kind == .inUse(pid: getpid()))
            #expect(error?.description.contains("pid \(getpid())") == true)
            try first.commitOwn(try Sample.own(sequence: 1))
        }
        #expect(try LeaseStore(stateDirectory: directory.path).load().own?.sequenceReserved == 1)
    }

    @Test func `a daemon that is killed keeps what it committed and frees the store`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try LeaseStore(stateDirectory: path)
            for sequence in 1...20 as ClosedRange<UInt64> {
                try store.commitOwn(try Sample.own(sequence: sequence))
                try store.writePeers(upserts: [try Sample.peer(100 + sequence)])
            }
            kill(getpid(), SIGKILL)
        }
        #expect((Paths.size(of: path + "/felt.db-wal") ?? 0) > 0)
        let seen = try LeaseStoreReader(stateDirectory: path).read()
        #expect(seen.daemon == .down)
        #expect(seen.state.own?.sequenceReserved == 20)
        let store = try LeaseStore(stateDirectory: path)
        #expect(store.opening == .existing)
        #expect(try store.load().peers.count == 20)
    }

    @Test func `the files copied after any commit hold all that was committed before`() throws {
        let directory = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: directory.path)
        for sequence in 1...40 as ClosedRange<UInt64> {
            try store.commitOwn(try Sample.own(sequence: sequence))
            try store.writePeers(upserts: try (2..<40).map { try Sample.peer($0, sequence: sequence) })
            if sequence % 16 == 0 { try store.checkpoint() }
            let copy = try crashed(directory.path)
            let recovered = try LeaseStore(stateDirectory: copy.path)
            #expect(recovered.opening == .existing)
            let state = try recovered.load()
            #expect(state.own == (try Sample.own(sequence: sequence)))
            #expect(state.peers.map(\.record.version.sequence) == [UInt64](repeating: sequence, count: 38))
            #expect(try recovered.check() == [])
        }
    }

    @Test func `a full disk is an error that passes, and nothing committed is lost`() throws {
        try withFileSystem("size=400k") { path in
            let store = try LeaseStore(stateDirectory: path)
            try store.commitOwn(try Sample.own(sequence: 7))
            var failure: StoreError?
            do {
                for round in 0..<100 as Range<UInt64> {
                    try store.writePeers(upserts: try (2..<400).map { try Sample.peer($0, sequence: round + 1) })
                }
            } catch let error as StoreError {
                failure = error
            }
            #expect(failure?.kind == .diskFull)
            #expect(failure?.isPassing == true)
            let writes = store.writes
            #expect(try store.load().own?.sequenceReserved == 7)
            #expect(try LeaseStoreReader(stateDirectory: path).read().state.own?.sequenceReserved == 7)
            // The disk grows: the same connection goes on.
            try run("/bin/mount", "-o", "remount,size=8m", path)
            try store.writePeers(upserts: try (2..<400).map { try Sample.peer($0, sequence: 500) })
            try store.commitOwn(try Sample.own(sequence: 8))
            #expect(store.writes == writes + 2)
            #expect(try store.load().own?.sequenceReserved == 8)
            #expect(try store.check() == [])
        }
    }

    @Test func `a disk without room for a database refuses it and keeps no rubbish`() throws {
        try withFileSystem("size=12k") { path in
            let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: path) }
            #expect(error?.kind == .diskFull)
            #expect(Paths.entries(of: path) == ["felt.db.lock"])
            let identity = try #require(Identity(privateKey: [UInt8](repeating: 1, count: 32), fingerprint: 1))
            try overwriteUntilFull(path + "/filler")
            #expect(throws: IdentityError.self) { try IdentityFile(stateDirectory: path).create(identity) }
            #expect(!Paths.exists(path + "/identity") && !Paths.exists(path + "/identity.new"))
        }
    }

    @Test(arguments: [["felt.db"], ["felt.db", "felt.db-wal"], ["felt.db", "felt.db-wal", "felt.db-shm"]])
    func `a read-only disk is refused to the daemon and read by the reader`(files: [String]) throws {
        let source = try TemporaryDirectory()
        let store = try LeaseStore(stateDirectory: source.path)
        try store.commitOwn(try Sample.own(sequence: 7))
        if files.count == 1 { try store.checkpoint() }
        try withFileSystem("size=8m") { path in
            for file in files { try run("/bin/cp", "\(source.path)/\(file)", path) }
            try run("/bin/mount", "-o", "remount,ro", path)
            let error = #expect(throws: StoreError.self) { try LeaseStore(stateDirectory: path) }
            #expect(error?.kind == .readOnly)
            #expect(error?.description.contains("Read-only") == true)
            let snapshot = try LeaseStoreReader(stateDirectory: path).read()
            #expect(snapshot.state.own == (try Sample.own(sequence: 7)))
            #expect(snapshot.daemon == .down)
            #expect(throws: StoreError.self) { try LeaseStoreReader(stateDirectory: path).backup(to: path + "/copy") }
        }
    }
}

/// A small file system of the test's own, gone afterwards whatever happens.
private func withFileSystem(_ options: String, _ body: (String) throws -> Void) throws {
    let directory = try TemporaryDirectory()
    try run("/bin/mount", "-t", "tmpfs", "-o", options, "felt-test", directory.path)
    defer { umount2(directory.path, Int32(MNT_DETACH)) }
    try body(directory.path)
}

private func overwriteUntilFull(_ path: String) throws {
    let file = try Descriptor(opening: path, flags: O_WRONLY | O_CREAT, mode: 0o600)
    while (try? file.write([UInt8](repeating: 1, count: 512))) != nil {}
}
