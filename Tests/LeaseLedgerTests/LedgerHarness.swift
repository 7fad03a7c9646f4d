import Addressing

@testable import LeaseLedger

/// One ledger with a disk that answers at once, and what it wanted.
struct LedgerHarness {
    var ledger: LeaseLedger
    var now = Instant(nanoseconds: 1_000_000_000)
    private(set) var events: [LeaseEvent] = []
    private(set) var commits: [OwnCommit] = []
    private(set) var announced: [SignedRecord] = []
    private(set) var acknowledged: [NodeID] = []
    private(set) var revoked: [SignedRevocation] = []
    private(set) var wantsNewIdentity = false
    var diskWorks = true

    static func nodeID(_ number: UInt64) -> NodeID { NodeID(bits: UInt128(number) << 100 | UInt128(number)) }

    init(
        _ number: UInt64 = 1, network: String = "10.244.0.0/16", runNonce: UInt64 = 1, own: NodeRecord? = nil,
        pinned: IPv4Block? = nil, isObserver: Bool = false, reclaimAfter: Duration? = nil
    ) throws {
        let identity = LeaseLedger.Identity(
            clusterID: 7, nodeID: Self.nodeID(number), publicKey: Array(repeating: 0, count: 32), runNonce: runNonce,
            sign: { _ in Array(repeating: 0, count: 64) })
        let record = own ?? Self.record(number)
        ledger = LeaseLedger(
            identity: identity, pool: try SubnetPool(network: IPv4Block(parsing: network)), own: record,
            reserved: record.version.sequence + 1_000, pinned: pinned, isObserver: isObserver,
            reclaimAfter: reclaimAfter)
    }

    static func record(
        _ number: UInt64, sequence: UInt64 = 0, runNonce: UInt64 = 1, claim: Claim? = nil
    ) -> NodeRecord {
        let address = AnyIPAddress.v4(IPv4Address(bits: 0x0A00_0000 + UInt32(number)))
        return NodeRecord(
            nodeID: nodeID(number), publicKey: Array(repeating: 0, count: 32),
            version: RecordVersion(sequence: sequence, runNonce: runNonce), name: "n\(number)", fingerprint: number,
            endpoint: Endpoint(address: address, port: 8473), publicIP: address, backend: .hostGateway,
            software: "test", claim: claim)
    }

    static func signed(_ record: NodeRecord) -> SignedRecord {
        SignedRecord(record, sign: { _ in Array(repeating: 0, count: 64) })
    }

    /// A peer's record with a claim.
    static func peer(
        _ number: UInt64, _ subnet: String, _ claimClass: ClaimClass = .confirmed, tenure: UInt8 = 0,
        epoch: UInt64 = 1, sequence: UInt64 = 1
    ) throws -> SignedRecord {
        let claim = Claim(
            subnet: try IPv4Block(parsing: subnet), claimClass: claimClass, tenure: tenure, epoch: epoch)
        return signed(record(number, sequence: sequence, claim: claim))
    }

    mutating func give(_ input: LedgerInput) {
        for effect in ledger.handle(input, at: now) {
            switch effect {
            case .commit(let commit):
                commits.append(commit)
                if diskWorks { give(.committed(commit.record.version)) }
            case .announce(let record): announced.append(record)
            case .acknowledge(let nodeID, _): acknowledged.append(nodeID)
            case .event(let event): events.append(event)
            case .takeNewIdentity: wantsNewIdentity = true
            case .revoke(let revocation): revoked.append(revocation)
            case .peerChanged, .ownersChanged, .revocationsChanged: break
            }
        }
    }

    mutating func wait(_ span: Duration) {
        now = now + span
        give(.tick)
    }

    mutating func start(peersExpected: Bool = false) {
        give(.start(peersExpected: peersExpected, joinTimeout: .seconds(3)))
    }

    var claim: Claim? { ledger.own.claim }
}
