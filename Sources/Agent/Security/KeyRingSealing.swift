internal import Crypto
internal import FoundationEssentials
internal import LeaseLedger
package import LeaseStore

/// A node's second key pair, by which the others pass it cluster keys (HPKE, RFC 9180: X25519, HKDF-SHA256,
/// ChaCha20-Poly1305). Derived from its identity, so there is no further secret to keep. A key that was sealed to it is
/// read by this node only: not by a stolen machine that knows every earlier cluster key.
package struct KeyRingSealing: Sendable {
    private let privateKey: Curve25519.KeyAgreement.PrivateKey
    package let publicKey: [UInt8]

    private static let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
    private static let encapsulatedLength = 32

    package init?(identity: NodeIdentity) {
        let secret = SymmetricKey(data: identity.privateKeyBytes)
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret, info: Data("felt key agreement".utf8), outputByteCount: 32)
        let bytes = derived.withUnsafeBytes { Data($0) }
        guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes) else { return nil }
        privateKey = key
        publicKey = Array(key.publicKey.rawRepresentation)
    }

    /// What the node's record says of it.
    func shown(holding ring: KeyRingState) -> NodeSecurity {
        NodeSecurity(agreementKey: publicKey, keyIDs: ring.ids.map(\.bits))
    }

    /// Seals `plaintext` to the node with this public key, for this cluster.
    package static func seal(_ plaintext: [UInt8], to publicKey: [UInt8], clusterID: UInt64) -> [UInt8]? {
        guard let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: publicKey),
            var sender = try? HPKE.Sender(recipientKey: key, ciphersuite: suite, info: info(clusterID)),
            let box = try? sender.seal(plaintext)
        else { return nil }
        return Array(sender.encapsulatedKey) + Array(box)
    }

    /// `nil` for what was not sealed to this node.
    package func open(_ sealed: [UInt8], clusterID: UInt64) -> [UInt8]? {
        guard sealed.count > Self.encapsulatedLength,
            var recipient = try? HPKE.Recipient(
                privateKey: privateKey, ciphersuite: Self.suite, info: Self.info(clusterID),
                encapsulatedKey: Data(sealed.prefix(Self.encapsulatedLength))),
            let plaintext = try? recipient.open(Data(sealed.dropFirst(Self.encapsulatedLength)))
        else { return nil }
        return Array(plaintext)
    }

    private static func info(_ clusterID: UInt64) -> Data {
        Data(Array("felt key ring".utf8) + withUnsafeBytes(of: clusterID.bigEndian) { Array($0) })
    }
}
