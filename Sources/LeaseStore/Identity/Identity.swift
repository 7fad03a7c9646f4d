/// What makes a node itself: its private key, and the machine it was made on.
package struct Identity: Hashable, Sendable {
    /// Ed25519, 32 bytes.
    package let privateKey: [UInt8]
    /// Hash of what tells this machine from others, when the identity was made.
    package let fingerprint: UInt64

    package static let keyLength = 32

    /// `nil` when the key is not 32 bytes.
    package init?(privateKey: [UInt8], fingerprint: UInt64) {
        guard privateKey.count == Self.keyLength else { return nil }
        self.privateKey = privateKey
        self.fingerprint = fingerprint
    }
}

// A key must not end up in a log.
extension Identity: CustomStringConvertible, CustomReflectable {
    package var description: String { "identity made on machine \(hexadecimal(fingerprint, digits: 16))" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
