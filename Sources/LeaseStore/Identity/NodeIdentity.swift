internal import Crypto
internal import FoundationEssentials
package import LeaseLedger

/// A node's Ed25519 key pair. The nodeID is the first 128 bits of the SHA-256 of the public key; what the node says of
/// itself is signed together with the cluster's identity, so no other cluster's record passes.
package struct NodeIdentity: Sendable {
    private let privateKey: Curve25519.Signing.PrivateKey
    package let publicKey: [UInt8]
    package let nodeID: NodeID

    package init() { self.init(Curve25519.Signing.PrivateKey()) }

    /// - Parameter privateKeyBytes: 32 bytes.
    package init?(privateKeyBytes: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: privateKeyBytes) else { return nil }
        self.init(key)
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        privateKey = key
        publicKey = Array(key.publicKey.rawRepresentation)
        nodeID = Self.nodeID(of: publicKey)
    }

    package var privateKeyBytes: [UInt8] { Array(privateKey.rawRepresentation) }

    package func sign(_ body: [UInt8], clusterID: UInt64) -> [UInt8] {
        (try? Array(privateKey.signature(for: Self.message(body, clusterID)))) ?? []
    }

    package static func nodeID(of publicKey: [UInt8]) -> NodeID {
        NodeID(bits: SHA256.hash(data: publicKey).prefix(16).reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// Whether the record's owner wrote it, for this cluster.
    package static func verify(_ record: SignedRecord, clusterID: UInt64) -> Bool {
        record.nodeID == nodeID(of: record.record.publicKey)
            && isValid(record.signature, of: record.body, by: record.record.publicKey, clusterID)
    }

    package static func verify(_ revocation: SignedRevocation, clusterID: UInt64) -> Bool {
        isValid(revocation.signature, of: revocation.body, by: revocation.issuerKey, clusterID)
    }

    private static func isValid(_ signature: [UInt8], of body: [UInt8], by key: [UInt8], _ clusterID: UInt64) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key) else { return false }
        return key.isValidSignature(signature, for: message(body, clusterID))
    }

    private static func message(_ body: [UInt8], _ clusterID: UInt64) -> [UInt8] {
        withUnsafeBytes(of: clusterID.bigEndian) { Array($0) } + body
    }
}
