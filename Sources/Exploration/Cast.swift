internal import Addressing
internal import LeaseLedger

/// Who takes part: identities, the pool, and small numbers for everything that is compared often.
struct Cast {
    let pool: SubnetPool
    let clusterID: UInt64
    let nodeIDs: [NodeID]
    private let indices: [NodeID: UInt8]

    /// - Parameter identities: the machines' first identities and those that clones take later.
    init(identities: Int, subnets: Int) throws {
        let network = try IPv4Block(parsing: "10.244.0.0/16")
        let first = try IPv4Block(parsing: "10.244.1.0/24").base
        pool = try SubnetPool(
            network: network, subnetLength: 24, subnetMin: first,
            subnetMax: first.advanced(by: UInt32(subnets - 1) << 8))
        nodeIDs = (1...identities).map { NodeID(bits: UInt128($0) << 120 | UInt128($0)) }
        indices = Dictionary(uniqueKeysWithValues: nodeIDs.enumerated().map { ($1, UInt8($0)) })
        clusterID = Self.clusterOfOneMind(nodeIDs, subnets)
    }

    /// A cluster in which all nodes prefer the subnets in the same order: the most conflicts.
    private static func clusterOfOneMind(_ nodeIDs: [NodeID], _ subnets: Int) -> UInt64 {
        var clusterID: UInt64 = 0
        while true {
            let orders = nodeIDs.map { nodeID in
                let preference = Preference(clusterID: clusterID, nodeID: nodeID)
                return (0..<subnets).sorted { preference.weight(ofSlot: $0) > preference.weight(ofSlot: $1) }
            }
            if orders.allSatisfy({ $0 == Array(0..<subnets) }) { return clusterID }
            clusterID += 1
        }
    }

    func index(of nodeID: NodeID) -> UInt8 { indices[nodeID] ?? .max }

    func slot(of subnet: IPv4Block) -> UInt32 { UInt32(pool.slot(of: subnet) ?? 255) }

    func identity(_ index: UInt8, runNonce: UInt64) -> LeaseLedger.Identity {
        LeaseLedger.Identity(
            clusterID: clusterID, nodeID: nodeIDs[Int(index)], publicKey: Self.noKey, runNonce: runNonce,
            sign: { _ in Self.noSignature })
    }

    func firstRecord(_ index: UInt8) -> NodeRecord {
        let address = AnyIPAddress.v4(IPv4Address(bits: 0x0A00_0001 + UInt32(index)))
        return NodeRecord(
            nodeID: nodeIDs[Int(index)], publicKey: Self.noKey, version: RecordVersion(sequence: 0, runNonce: 0),
            name: "n\(index + 1)", fingerprint: 1, endpoint: Endpoint(address: address, port: 8473),
            publicIP: address, backend: .alloc, software: "x")
    }

    static let noKey = [UInt8](repeating: 0, count: 32)
    static let noSignature = [UInt8](repeating: 0, count: SignedRecord.signatureLength)

    func signed(_ record: NodeRecord) -> SignedRecord { SignedRecord(record, sign: { _ in Self.noSignature }) }
}
