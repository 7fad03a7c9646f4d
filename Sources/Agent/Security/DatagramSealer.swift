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
        /// Its sender has sent too much that does not open: not even tried.
        case limited = "datagramsLimited"
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
    /// - Parameter key: seals, if the ring has it, for a node that lacks the first.
    package func seal(_ plaintext: [UInt8], with key: KeyID? = nil) -> [UInt8] {
        guard let sealing = openers.first(where: { $0.hint == key?.bits }) ?? openers.first else {
            return Self.header(flags: Self.insecureFlag, hint: 0) + plaintext
        }
        let header = Self.header(flags: 0, hint: sealing.hint)
        guard let box = try? ChaChaPoly.seal(plaintext, using: sealing.key, authenticating: header) else { return [] }
        return header + Array(box.combined)
    }

    /// What can be told without opening it, at next to no cost.
    package func screen(_ datagram: [UInt8]) throws(Rejection) {
        guard datagram.count >= Self.headerLength else { throw .tooShort }
        guard datagram[0] == UInt8(ascii: "F"), datagram[1] == UInt8(ascii: "L") else { throw .notFelt }
        // The other flags belong to later versions.
        guard datagram[2] == Self.version, datagram[3] & ~Self.insecureFlag == 0 else { throw .unknownVersion }
        let isInsecure = datagram[3] & Self.insecureFlag != 0
        guard isInsecure == openers.isEmpty else { throw .otherMode }
        if isInsecure { return }
        guard datagram.count >= Self.headerLength + Self.nonceLength + Self.tagLength else { throw .tooShort }
        let id = Self.keyID(of: datagram)
        guard openers.contains(where: { $0.hint == id.bits }) else { throw .unknownKey }
    }

    /// The key that a datagram, screened before, says that it is sealed with.
    package static func keyID(of datagram: [UInt8]) -> KeyID {
        KeyID(bits: datagram[4..<8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }

    /// The plaintext of a datagram from anybody.
    package func open(_ datagram: [UInt8]) throws(Rejection) -> [UInt8] {
        try screen(datagram)
        guard !openers.isEmpty else { return Array(datagram.dropFirst(Self.headerLength)) }
        let id = Self.keyID(of: datagram)
        let candidates = openers.filter { $0.hint == id.bits }
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
