import Addressing
import Glibc
import LeaseLedger
import Testing

@testable import LeaseStore

/// A directory of the test's own, removed with it.
final class TemporaryDirectory {
    let path: String

    init(_ path: String) { self.path = path }

    convenience init() throws {
        var template = Array("/tmp/felt-store-test-XXXXXX".utf8CString)
        self.init(String(cString: try #require(mkdtemp(&template))))
    }

    deinit { try? run("/bin/rm", "-rf", path) }
}

struct CommandFailure: Error {
    let command: [String]
    let status: Int32
}

/// Runs a program to its end. Files of an open database are copied this way only: closing them here would drop
/// SQLite's locks.
func run(_ command: String...) throws {
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var pid = pid_t()
    var status: Int32 = 0
    guard posix_spawn(&pid, command[0], nil, nil, &arguments, environ) == 0, waitpid(pid, &status, 0) == pid,
        status == 0
    else { throw CommandFailure(command: command, status: status) }
}

/// The database as a crash would leave it now, in a directory of its own.
func crashed(_ store: String) throws -> TemporaryDirectory {
    let copy = try TemporaryDirectory()
    for name in ["felt.db", "felt.db-wal", "felt.db-shm"] where Paths.exists("\(store)/\(name)") {
        try run("/bin/cp", "\(store)/\(name)", copy.path)
    }
    return copy
}

func contents(_ path: String) throws -> [UInt8] {
    try Descriptor(opening: path, flags: O_RDONLY).read(limit: 1 << 26)
}

func overwrite(_ path: String, _ bytes: [UInt8]) throws {
    try Descriptor(opening: path, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).write(bytes)
}

/// SplitMix64: a seeded generator, so that a failing case can be repeated.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }
}

enum Sample {
    static func record(_ number: UInt64, sequence: UInt64 = 1) throws -> SignedRecord {
        let subnet = try #require(
            IPv4Block(base: IPv4Address(bits: 0x0AF4_0000 | UInt32(number & 0xFF) << 8), prefixLength: 24))
        let address = AnyIPAddress.v4(IPv4Address(bits: 0xC0A8_0000 | UInt32(number & 0xFFFF)))
        let record = NodeRecord(
            nodeID: NodeID(bits: UInt128(number)), publicKey: [UInt8](repeating: UInt8(number & 0xFF), count: 32),
            version: RecordVersion(sequence: sequence, runNonce: 7), name: "node-\(number)", fingerprint: number,
            endpoint: Endpoint(address: address, port: 8473), publicIP: address,
            backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: number)), software: "felt test",
            claim: Claim(subnet: subnet, claimClass: .confirmed, tenure: 3, epoch: number))
        return SignedRecord(record) { _ in [UInt8](repeating: 9, count: 64) }
    }

    static func peer(_ number: UInt64, sequence: UInt64 = 1, unreachable: UInt64? = nil) throws -> StoredPeer {
        StoredPeer(
            record: try record(number, sequence: sequence), incarnation: .max - number, unreachableSeconds: unreachable)
    }

    static func own(sequence: UInt64) throws -> OwnState {
        let record = try record(1, sequence: sequence)
        return OwnState(
            nodeID: record.nodeID, sequenceReserved: sequence, incarnationReserved: .max, record: record,
            claim: record.claim, tenureSeconds: 10, hint: record.claim?.subnet,
            vtepMAC: MACAddress(locallyAdministered: 5))
    }

    static func settings() throws -> NetworkSettings {
        let pool = try SubnetPool(network: try IPv4Block(parsing: "10.244.0.0/16"))
        return NetworkSettings(pool: pool, backend: .hostGateway, vni: 77, vxlanPort: 4789, directRouting: true)
    }
}
