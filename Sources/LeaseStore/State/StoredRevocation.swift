package import LeaseLedger

/// A revocation with the bytes that prove it; the store does not look into them.
package struct StoredRevocation: Hashable, Sendable {
    package var revocation: Revocation
    package var encoded: [UInt8]

    /// Longer ones are not read back.
    package static let longestEncoding = 1_024

    package init(_ revocation: Revocation, encoded: [UInt8]) {
        self.revocation = revocation
        self.encoded = encoded
    }

    /// A revocation as the daemon writes it: the issuer's signature, then what it covers.
    package init(_ signed: SignedRevocation) {
        self.init(signed.revocation, encoded: signed.signature + signed.body)
    }

    /// The reverse; `nil` for other bytes. The signature is not checked here.
    package static func decode(_ encoded: [UInt8]) -> SignedRevocation? {
        guard encoded.count > SignedRecord.signatureLength else { return nil }
        return try? SignedRevocation(
            body: Array(encoded.dropFirst(SignedRecord.signatureLength)),
            signature: Array(encoded.prefix(SignedRecord.signatureLength)))
    }
}
