internal import Addressing
internal import LeaseLedger
internal import LeaseStore

/// The store on a thread of its own.
actor StoreWriter {
    private let executor = ThreadExecutor()
    nonisolated let path: String
    private let store: Transferred<LeaseStore>

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the store for the life of the daemon.
    init(_ store: sending LeaseStore, path: String) {
        self.path = path
        self.store = Transferred(store)
    }

    var writes: UInt64 { store.value.writes }

    func commitOwn(_ own: OwnState) throws { try store.value.commitOwn(own) }

    func saveSettings(clusterID: UInt64, _ settings: NetworkSettings) throws {
        try store.value.saveSettings(clusterID: clusterID, settings, agreed: true)
    }

    func saveKeys(_ keys: [[UInt8]]) throws { try store.value.saveKeys(keys) }

    /// The ring beside the database, readable by its owner alone.
    func saveKeyRing(_ bytes: [UInt8], at path: String) throws { try SecretFile(path: path).replace(with: bytes) }

    func writePeers(_ peers: [StoredPeer], removing gone: [NodeID] = []) throws {
        try store.value.writePeers(upserts: peers, removals: gone)
    }

    func writeRevocations(_ additions: [StoredRevocation], removing removals: [Revocation]) throws {
        try store.value.writeRevocations(additions: additions, removals: removals)
    }

    func events() throws -> [JournalEntry] { try store.value.events() }

    func append(_ events: [JournalEvent]) throws { try store.value.append(events: events) }
}

/// A value that has been sent into an actor and is touched nowhere else.
struct Transferred<Value>: @unchecked Sendable {
    // Only ever read by the actor that holds it; its maker gave it away as `sending`.
    let value: Value

    init(_ value: sending Value) { self.value = value }
}
