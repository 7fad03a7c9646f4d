import Addressing
import Glibc
import LeaseLedger
import LeaseStore
import TestSupport
import Testing

@testable import ControlAPI

/// With the daemon down the database answers, and that is said.
@Suite struct OfflineTests {
    /// Two claim 10.244.1.0/24, one claim of another's is revoked.
    private func fill(_ store: LeaseStore) throws {
        let pool = try SubnetPool(network: try IPv4Block(parsing: "10.244.0.0/16"))
        try store.saveSettings(
            clusterID: 7,
            NetworkSettings(pool: pool, backend: .hostGateway, vni: 1, vxlanPort: 8472, directRouting: false),
            agreed: true)
        let own = try storedRecord(1, on: 1, tenure: 10)
        try store.commitOwn(OwnState(nodeID: own.nodeID, sequenceReserved: 9, record: own, claim: own.claim))
        try store.writePeers(
            upserts: try [storedRecord(2, on: 1), storedRecord(3, on: 3)].map { StoredPeer(record: $0) })
        let revocation = SignedRevocation(
            Revocation(nodeID: NodeID(bits: 3 << 96), claimEpoch: 1), issuerKey: [UInt8](repeating: 1, count: 32),
            reason: .operatorRequest
        ) { _ in [UInt8](repeating: 9, count: 64) }
        try store.writeRevocations(additions: [StoredRevocation(revocation)])
        try store.append(events: [JournalEvent(kind: "claimed", json: Self.event, bootSeconds: 1)])
    }

    private static let event =
        #"{"kind":"claimed","subnet":"10.244.1.0/24","node":"node-1","message":"claimed 10.244.1.0/24"}"#

    @Test(arguments: ["node-1", "self", "10.244.1.0/24", "10.244.1.77", "00000001000000000000000000000000"])
    func `explain tells why, from the database`(lease: String) throws {
        try withStore(fill) { directory, options in
            let run = try LeasectlRun(["explain", lease] + options)
            #expect(run.status == 0)
            #expect(run.errors == "leasectl: feltd is not running; from \(directory)/felt.db\n")
            #expect(run.output.hasPrefix("\"node-1\" holds 10.244.1.0/24: its claim precedes 1 other by tenure\n"))
            #expect(run.output.contains("loses by tenure"))
        }
    }

    @Test func `explain knows of revocations, and of no liveness`() throws {
        try withStore(fill) { _, options in
            let run = try LeasectlRun(["explain", "10.244.3.0/24", "-o", "jsonl"] + options)
            #expect(run.status == 0)
            #expect(run.output.contains(#""revoked":true"#) && run.output.contains(#""liveness":"unreachable""#))
        }
    }

    @Test(arguments: [("node-9", 4), ("10.245.0.0/24", 4), ("10.244.1.7/24", 64)] as [(String, Int32)])
    func `explain refuses offline as the daemon would`(lease: String, status: Int32) throws {
        try withStore(fill) { _, options in
            let run = try LeasectlRun(["explain", lease] + options)
            #expect(run.status == status)
            #expect(run.output == "")
        }
    }

    @Test func `a database without settings explains nothing`() throws {
        try withStore({ _ in }) { _, options in
            let run = try LeasectlRun(["explain", "node-1"] + options)
            #expect(run.status == 3)
            #expect(run.errors.contains("knows no network settings yet"))
        }
    }

    @Test func `events come from the database`() throws {
        try withStore(fill) { directory, options in
            let run = try LeasectlRun(["events"] + options)
            #expect(run.status == 0)
            #expect(run.errors == "leasectl: feltd is not running; from \(directory)/felt.db\n")
            #expect(run.output.contains("claimed 10.244.1.0/24"))
            #expect(try LeasectlRun(["events", "--since", "1s"] + options).output.contains("claimed") == false)
            // What is to come only a daemon tells.
            #expect(try LeasectlRun(["events", "-f"] + options).status == 3)
        }
    }
}
