import Addressing
import LeaseLedger
import LeaseStore
import Testing

/// What a store may hold.
enum StoreSample {
    static func record(_ number: UInt64, sequence: UInt64 = 1) throws -> SignedRecord {
        let subnet = try #require(
            IPv4Block(base: IPv4Address(bits: 0x0AF4_0000 | UInt32(number & 0xFF) << 8), prefixLength: 24))
        let address = AnyIPAddress.v4(IPv4Address(bits: 0xC0A8_0000 | UInt32(number & 0xFFFF)))
        let record = NodeRecord(
            nodeID: NodeID(bits: UInt128(number)), publicKey: [UInt8](repeating: 1, count: 32),
            version: RecordVersion(sequence: sequence, runNonce: 7), name: "node-\(number)", fingerprint: number,
            endpoint: Endpoint(address: address, port: 8473), publicIP: address, backend: .hostGateway,
            software: "felt test", claim: Claim(subnet: subnet, claimClass: .confirmed, tenure: 0, epoch: number))
        return SignedRecord(record) { _ in [UInt8](repeating: 9, count: 64) }
    }

    static func own(reserved: UInt64) throws -> OwnState {
        let record = try record(1, sequence: reserved)
        return OwnState(
            nodeID: record.nodeID, sequenceReserved: reserved, incarnationReserved: reserved, record: record,
            claim: record.claim, tenureSeconds: 10, hint: record.claim?.subnet)
    }

    static func settings() throws -> NetworkSettings {
        let pool = try SubnetPool(network: try IPv4Block(parsing: "10.244.0.0/16"))
        return NetworkSettings(pool: pool, backend: .hostGateway, vni: 77, vxlanPort: 4789, directRouting: true)
    }
}
