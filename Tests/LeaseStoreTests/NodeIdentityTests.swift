import Addressing
import Crypto
import LeaseLedger
import Testing

@testable import LeaseStore

@Suite struct NodeIdentityTests {
    private func signed(by identity: NodeIdentity, as claimed: NodeIdentity? = nil) throws -> SignedRecord {
        let claimed = claimed ?? identity
        let address = AnyIPAddress.v4(try IPv4Address(parsing: "10.0.0.1"))
        let record = NodeRecord(
            nodeID: claimed.nodeID, publicKey: claimed.publicKey, version: RecordVersion(sequence: 1, runNonce: 2),
            name: "knot", fingerprint: 3, endpoint: Endpoint(address: address, port: 8473), publicIP: address,
            backend: .hostGateway, software: "test")
        return SignedRecord(record) { identity.sign($0, clusterID: 7) }
    }

    @Test func `an identity is its 32 private bytes`() throws {
        let identity = NodeIdentity()
        let again = try #require(NodeIdentity(privateKeyBytes: identity.privateKeyBytes))
        #expect(again.publicKey == identity.publicKey && again.nodeID == identity.nodeID)
        #expect(NodeIdentity().nodeID != identity.nodeID)
        for length in [0, 31, 33, 64] {
            #expect(NodeIdentity(privateKeyBytes: [UInt8](repeating: 1, count: length)) == nil)
        }
    }

    @Test func `RFC 8032's first key has its public key, and its nodeID is that one's hash`() throws {
        let secret = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        let identity = try #require(NodeIdentity(privateKeyBytes: try Self.bytes(secret)))
        let publicKey = try Self.bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        #expect(identity.publicKey == publicKey)
        #expect(identity.nodeID == NodeID(networkBytes: Array(SHA256.hash(data: publicKey)).prefix(16)))
    }

    @Test func `a record is its owner's, of its cluster, and whole`() throws {
        let (owner, other) = (NodeIdentity(), NodeIdentity())
        let record = try signed(by: owner)
        #expect(NodeIdentity.verify(record, clusterID: 7))
        #expect(!NodeIdentity.verify(record, clusterID: 8))
        #expect(!NodeIdentity.verify(try signed(by: other, as: owner), clusterID: 7), "another's signature")
        for bit in stride(from: 0, to: record.signature.count * 8, by: 7) {
            var signature = record.signature
            signature[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!NodeIdentity.verify(try SignedRecord(body: record.body, signature: signature), clusterID: 7))
        }
        for position in record.body.indices {
            var body = record.body
            body[position] ^= 1
            guard let forged = try? SignedRecord(body: body, signature: record.signature) else { continue }
            #expect(!NodeIdentity.verify(forged, clusterID: 7), "byte \(position)")
        }
    }

    @Test func `a record with another's nodeID is refused, though its signature is good`() throws {
        let (thief, victim) = (NodeIdentity(), NodeIdentity())
        var record = try signed(by: thief).record
        record.nodeID = victim.nodeID
        #expect(!NodeIdentity.verify(SignedRecord(record) { thief.sign($0, clusterID: 7) }, clusterID: 7))
    }

    private static func bytes(_ hexadecimal: String) throws -> [UInt8] {
        let digits = Array(hexadecimal)
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
    }
}
