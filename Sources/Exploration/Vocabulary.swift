internal import Addressing
internal import LeaseLedger

/// Numbers for records, revocations and disks.
struct Vocabulary {
    private var known = Interner<SignedRecord>()
    /// Numbers of the records that share node and version: one, unless a version was repeated.
    private var sharing: [VersionKey: [UInt32]] = [:]
    var revocations = Interner<SignedRevocation>()
    var disks = Interner<Disk>()
    /// Who made the claim that a record carries, where that is not the run that wrote it.
    var creators: [UInt32: UInt64] = [:]

    private var claims = Interner<ClaimName>()

    private struct ClaimName: Hashable {
        var nodeID: NodeID
        var subnet: IPv4Block
        var epoch: UInt64
        var creator: UInt64
    }

    private struct VersionKey: Hashable {
        var nodeID: NodeID
        var version: RecordVersion
    }

    mutating func number(of record: SignedRecord) -> UInt32 {
        let before = known.count
        let number = known.number(of: record)
        if known.count > before {
            sharing[VersionKey(nodeID: record.nodeID, version: record.version), default: []].append(number)
        }
        return number
    }

    /// A number for one claim: its node, its epoch, its subnet, and the run that made it. Below 65,536.
    mutating func claimKey(_ claimant: Claimant, creator: UInt64) -> UInt32 {
        claims.number(
            of: ClaimName(
                nodeID: claimant.nodeID, subnet: claimant.claim.subnet, epoch: claimant.claim.epoch, creator: creator))
    }

    func record(_ number: UInt32) -> SignedRecord { known[number] }

    /// Records with the same node and version and other contents.
    func rivals(of number: UInt32) -> [UInt32] {
        let record = known[number]
        return (sharing[VersionKey(nodeID: record.nodeID, version: record.version)] ?? []).filter { $0 != number }
    }
}

/// What the store has of the own node.
struct Disk: Hashable {
    var identity: UInt8
    var record: SignedRecord?
    var reserved: UInt64
    var hint: IPv4Block?
    var creator: UInt64
}
