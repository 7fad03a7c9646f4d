import Addressing
import Glibc
import LeaseLedger
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

/// A confirmed claim on the network's subnet `slot`, in the record of "node-NUMBER".
func storedRecord(_ number: UInt32, on slot: UInt32, tenure: UInt8 = 0, epoch: UInt64 = 1) throws -> SignedRecord {
    let subnet = try #require(IPv4Block(base: IPv4Address(bits: 0x0AF4_0000 | slot << 8), prefixLength: 24))
    let address = AnyIPAddress.v4(IPv4Address(bits: 0xC0A8_0000 | number))
    let record = NodeRecord(
        nodeID: NodeID(bits: UInt128(number) << 96), publicKey: [UInt8](repeating: 1, count: 32),
        version: RecordVersion(sequence: 1, runNonce: 7), name: "node-\(number)", fingerprint: 1,
        endpoint: Endpoint(address: address, port: 8473), publicIP: address, backend: .hostGateway,
        software: "felt test", claim: Claim(subnet: subnet, claimClass: .confirmed, tenure: tenure, epoch: epoch))
    return SignedRecord(record) { _ in [UInt8](repeating: 9, count: 64) }
}
