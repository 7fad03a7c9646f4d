internal import ControlAPI
internal import Glibc
internal import LeaseLedger
internal import LeaseStore

/// The database's health, and the machines that its records name.
struct StoreReading {
    let database: String
    let status: StatusInfo?

    func read(into facts: inout Facts) {
        facts.store.path = database
        facts.store.daemonProblem = status?.store.problem
        let reader = LeaseStoreReader(database: database)
        do {
            facts.store.problems = try reader.check()
            let state = try reader.read().state
            facts.store.problems += state.skipped.map { "not understood: \($0)" }
            var records = state.peers.map(\.record.record)
            if let own = state.own?.record { records.append(own.record) }
            facts.machines = records.map {
                .init(node: $0.name, nodeID: $0.nodeID.description, fingerprint: $0.fingerprint)
            }
        } catch {
            facts.store.exists = error.kind != .missing
            facts.store.failure = "\(error)"
        }
        var system = statvfs()
        let folder = database.lastIndex(of: "/").map { String(database[..<$0]) } ?? "."
        guard statvfs(folder, &system) == 0 else { return }
        facts.store.freeBytes = UInt64(system.f_bavail) * UInt64(system.f_frsize)
        facts.store.isReadOnly = system.f_flag & UInt(ST_RDONLY) != 0
    }
}
