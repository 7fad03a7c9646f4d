internal import Addressing
internal import LeaseLedger

/// Made-up nodes, the same in every run.
enum FuzzRecords {
    static let signature = [UInt8](repeating: 1, count: SignedRecord.signatureLength)

    static func record(of number: UInt8) -> NodeRecord {
        NodeRecord(
            nodeID: NodeID(bits: UInt128(number) << 120 | UInt128(number)), publicKey: [UInt8](repeating: 3, count: 32),
            version: RecordVersion(sequence: 1, runNonce: 1), name: "n\(number)", fingerprint: 1,
            endpoint: endpoint(of: number), publicIP: endpoint(of: number).address,
            backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(number))), software: "fuzz")
    }

    static func endpoint(of number: UInt8) -> Endpoint {
        Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_0000 + UInt32(number))), port: 8473)
    }
}
