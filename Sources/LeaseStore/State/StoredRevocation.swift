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
}
