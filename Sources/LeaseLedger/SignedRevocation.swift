/// A revocation with who issued it. Body: format 1 · nodeID 16 · claim epoch 8 · issuer's public key 32 · reason 1;
/// big-endian.
package struct SignedRevocation: Hashable, Sendable {
    package enum Reason: UInt8, Hashable, Sendable {
        /// An operator took the claim back.
        case operatorRequest = 0
        /// The pool was full and the owner absent the longest.
        case poolPressure = 1
        /// The node is banned.
        case banned = 2
        /// An operator wants the absent node out of sight, its claim included.
        case forgotten = 3
    }

    package let revocation: Revocation
    package let issuerKey: [UInt8]
    package let reason: Reason
    package let signature: [UInt8]

    private static let format: UInt8 = 1
    package static let bodyLength = 58

    package init(
        _ revocation: Revocation, issuerKey: [UInt8], reason: Reason, sign: ([UInt8]) -> [UInt8]
    ) {
        self.revocation = revocation
        self.issuerKey = issuerKey
        self.reason = reason
        signature = sign(Self.encode(revocation, issuerKey, reason))
    }

    /// Decodes a body; the signature is not checked here.
    package init(body: [UInt8], signature: [UInt8]) throws(DecodingFailure) {
        guard signature.count == SignedRecord.signatureLength else { throw .lengthOutOfRange }
        var reader = ByteReader(body)
        let format = try reader.integer(UInt8.self)
        guard format == Self.format else { throw .unknownFormat(format) }
        revocation = Revocation(nodeID: try reader.nodeID(), claimEpoch: try reader.integer())
        issuerKey = Array(try reader.slice(32))
        guard let reason = Reason(rawValue: try reader.integer()), reader.remaining == 0,
            revocation.claimEpoch <= NodeRecord.largestCounter
        else { throw .valueOutOfRange }
        self.reason = reason
        self.signature = signature
    }

    /// What the signature covers, after the cluster's identity.
    package var body: [UInt8] { Self.encode(revocation, issuerKey, reason) }

    private static func encode(_ revocation: Revocation, _ issuerKey: [UInt8], _ reason: Reason) -> [UInt8] {
        var writer = ByteWriter(reserving: bodyLength)
        writer.integer(format)
        writer.nodeID(revocation.nodeID)
        writer.integer(revocation.claimEpoch)
        writer.raw(issuerKey)
        writer.integer(reason.rawValue)
        return writer.bytes
    }
}
