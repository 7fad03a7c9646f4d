internal import Crypto
internal import FoundationEssentials

/// Seals what goes out and opens what comes in (ChaCha20-Poly1305, RFC 8439).
///
///     'F' 'L' · version 1 · flags 1 · key hint 4 · nonce 12 · ciphertext · tag 16
///
/// The first eight bytes are authenticated too. An insecure cluster's datagrams are marked by a flag and carry the
/// plaintext behind those eight bytes; the two kinds never take each other's.
package struct DatagramSealer: Sendable {
    package enum Rejection: String, Error, Hashable, Sendable, CaseIterable {
        case tooShort = "datagramsTooShort"
        case notFelt = "datagramsNotFelt"
        case unknownVersion = "datagramsUnknownSealing"
        case unknownKey = "datagramsUnknownKey"
        case forged = "datagramsForged"
        /// Sealed for an insecure node, or open for one that seals.
        case otherMode = "datagramsOtherMode"
    }

    private static let version: UInt8 = 1
    private static let insecureFlag: UInt8 = 1
    private static let headerLength = 8
    private static let nonceLength = 12
    private static let tagLength = 16

    private struct Opener: Sendable {
        let hint: UInt32
        let key: SymmetricKey
    }

    private let openers: [Opener]

    /// How many bytes a datagram is longer than its plaintext.
    package var overhead: Int {
        openers.isEmpty ? Self.headerLength : Self.headerLength + Self.nonceLength + Self.tagLength
    }

    /// - Parameter ring: `nil` for an insecure cluster.
    package init(ring: KeyRing?) {
        openers = (ring?.keys ?? []).map { Opener(hint: $0.hint, key: SymmetricKey(data: $0.bytes)) }
    }

    /// The datagram for a plaintext. Empty, which nobody takes, in the case that the library allows for and does not
    /// have: that sealing fails.
    package func seal(_ plaintext: [UInt8]) -> [UInt8] {
        guard let sealing = openers.first else { return Self.header(flags: Self.insecureFlag, hint: 0) + plaintext }
        let header = Self.header(flags: 0, hint: sealing.hint)
        guard let box = try? ChaChaPoly.seal(plaintext, using: sealing.key, authenticating: header) else { return [] }
        return header + Array(box.combined)
    }

    /// The plaintext of a datagram from anybody.
    package func open(_ datagram: [UInt8]) throws(Rejection) -> [UInt8] {
        guard datagram.count >= Self.headerLength else { throw .tooShort }
        guard datagram[0] == UInt8(ascii: "F"), datagram[1] == UInt8(ascii: "L") else { throw .notFelt }
        // The other flags belong to later versions.
        guard datagram[2] == Self.version, datagram[3] & ~Self.insecureFlag == 0 else { throw .unknownVersion }
        let isInsecure = datagram[3] & Self.insecureFlag != 0
        guard isInsecure == openers.isEmpty else { throw .otherMode }
        if isInsecure { return Array(datagram.dropFirst(Self.headerLength)) }
        guard datagram.count >= Self.headerLength + Self.nonceLength + Self.tagLength else { throw .tooShort }
        let hint = datagram[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let candidates = openers.filter { $0.hint == hint }
        guard !candidates.isEmpty else { throw .unknownKey }
        let header = datagram[..<Self.headerLength]
        guard let box = try? ChaChaPoly.SealedBox(combined: datagram[Self.headerLength...]) else { throw .forged }
        for candidate in candidates {
            if let plaintext = try? ChaChaPoly.open(box, using: candidate.key, authenticating: header) {
                return Array(plaintext)
            }
        }
        throw .forged
    }

    private static func header(flags: UInt8, hint: UInt32) -> [UInt8] {
        [UInt8(ascii: "F"), UInt8(ascii: "L"), version, flags] + withUnsafeBytes(of: hint.bigEndian) { Array($0) }
    }
}
