internal import Addressing
internal import LeaseLedger
internal import LeaseStore
internal import Logging

/// The store on a thread of its own. It opens the database again when it is damaged, gone or another under the running
/// daemon, and writes into the new one what the old one had.
actor StoreWriter {
    private let executor = ThreadExecutor()
    nonisolated let path: String
    private let stateDirectory: String
    private let log: Logger
    /// `nil` while the disk does not let it be opened.
    private var store: LeaseStore?
    /// Transactions of the stores that were open before.
    private var formerWrites: UInt64 = 0
    private var contents = StoreContents()

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the store for the life of the daemon.
    init(_ store: sending LeaseStore, stateDirectory: String, log: Logger) {
        path = store.path
        self.stateDirectory = stateDirectory
        self.log = log
        self.store = store
    }

    /// Opens it later: now the disk takes no writes.
    init(stateDirectory: String, database: String, log: Logger) {
        path = database
        self.stateDirectory = stateDirectory
        self.log = log
    }

    var writes: UInt64 { formerWrites + (store?.writes ?? 0) }

    // MARK: Writing

    func commitOwn(_ own: OwnState) throws {
        contents.own = own
        try write { try $0.commitOwn(own) }
    }

    func saveSettings(clusterID: UInt64, _ settings: NetworkSettings) throws {
        contents.settings = (clusterID, settings)
        try write { try $0.saveSettings(clusterID: clusterID, settings, agreed: true) }
    }

    func saveKeys(_ keys: [[UInt8]]) throws {
        contents.keys = keys
        try write { try $0.saveKeys(keys) }
    }

    /// The ring beside the database, readable by its owner alone.
    func saveKeyRing(_ bytes: [UInt8], at path: String) throws { try SecretFile(path: path).replace(with: bytes) }

    func writePeers(_ peers: [StoredPeer], removing gone: [NodeID] = []) throws {
        for peer in peers { contents.peers[peer.record.nodeID] = peer }
        for nodeID in gone { contents.peers[nodeID] = nil }
        guard !peers.isEmpty || !gone.isEmpty else { return }
        try write { try $0.writePeers(upserts: peers, removals: gone) }
    }

    func writeRevocations(_ additions: [StoredRevocation], removing removals: [Revocation]) throws {
        for revocation in additions { contents.revocations[revocation.revocation] = revocation }
        for revocation in removals { contents.revocations[revocation] = nil }
        guard !additions.isEmpty || !removals.isEmpty else { return }
        try write { try $0.writeRevocations(additions: additions, removals: removals) }
    }

    func append(_ events: [JournalEvent]) throws {
        guard !events.isEmpty else { return }
        try write { try $0.append(events: events) }
    }

    func events() throws -> [JournalEntry] { try ready().events() }

    /// Writes what earlier calls could not, and says whether there was anything.
    func catchUp() throws -> Bool {
        guard contents.isBehind else { return false }
        try write { _ in }
        return true
    }

    /// What the store holds, and more numbers reserved for this node: the proof that the disk takes writes again.
    func reserve(for nodeID: NodeID) throws -> StoredState {
        var found = StoredState()
        try write { store in
            found = try store.load()
            var own = found.own ?? OwnState(nodeID: nodeID)
            own.sequenceReserved += 1 << 16
            own.incarnationReserved += 1 << 16
            try store.commitOwn(own)
            found.own = own
        }
        return found
    }

    // MARK: The open database

    /// Whatever fails is written again with the next call, in full.
    private func write(_ body: (LeaseStore) throws -> Void) throws {
        do {
            try body(try ready())
        } catch let error as StoreError where error.asksForReopening {
            store?.abandon()
            close()
            log.error("\(error); opening it again", id: "store-reopened", ["path": path])
            do {
                try body(try ready())
            } catch {
                contents.isBehind = true
                throw error
            }
        } catch {
            contents.isBehind = true
            throw error
        }
    }

    /// The database that has the daemon's path now, with all in it that it should have.
    private func ready() throws -> LeaseStore {
        if let store, !store.isInPlace {
            log.error(
                "the database was removed or replaced while feltd runs; what feltd knows is written into the one that is "
                    + "there now", id: "store-replaced", ["path": path])
            close()
        }
        if let store {
            if contents.isBehind { try contents.write(to: store) }
            contents.isBehind = false
            return store
        }
        let opened = try LeaseStore(stateDirectory: stateDirectory)
        if case .openedFresh(let setAside) = opened.opening {
            log.error("\(setAside); all is written again", id: "store-set-aside", ["path": setAside.keptAs])
        }
        store = opened
        contents.isBehind = true
        try contents.write(to: opened)
        contents.isBehind = false
        return opened
    }

    private func close() {
        formerWrites += store?.writes ?? 0
        store = nil
    }
}
