import Glibc
import LeaseStore
import Testing

/// A store in a directory of its own, and the options with which leasectl finds it; no daemon runs beside it.
func withStore(_ fill: (LeaseStore) throws -> Void, _ body: (String, [String]) throws -> Void) throws {
    var template = Array("/tmp/felt-offline-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    defer {
        for name in ["felt.db", "felt.db.lock", "felt.db-wal", "felt.db-shm", "cluster"] {
            unlink(directory + "/" + name)
        }
        rmdir(directory)
    }
    do { try fill(try LeaseStore(stateDirectory: directory)) }
    try body(directory, ["--socket", directory + "/feltd.sock", "--database", directory + "/felt.db"])
}
