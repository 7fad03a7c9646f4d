/// Who a node is: the first 128 bits of SHA-256 of its Ed25519 public key. Not its name, not its address.
package struct NodeID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// In halves: in unoptimised builds Swift 6.3 keeps generic values that want an alignment of 16 bytes at places aligned
    /// to 8, and the program ends there.
    private let high: UInt64
    private let low: UInt64

    package var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    package init(bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    /// The sixteen bytes in network byte order.
    package init?(networkBytes: some Collection<UInt8>) {
        guard networkBytes.count == 16 else { return nil }
        self.init(bits: networkBytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// Parses the 32 hexadecimal digits that `description` prints.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 32, text.allSatisfy(\.isHexDigit), let bits = UInt128(text, radix: 16) else {
            return nil
        }
        self.init(bits: bits)
    }

    package var networkBytes: [UInt8] { withUnsafeBytes(of: bits.bigEndian) { Array($0) } }

    /// 32 hexadecimal digits.
    package var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// The first eight digits, for people.
    package var short: String { String(description.prefix(8)) }

    package static func < (left: NodeID, right: NodeID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    package static func == (left: NodeID, right: NodeID) -> Bool {
        left.high == right.high && left.low == right.low
    }
}

/// Which of two records of one node is the newer: the higher sequence number, then the higher nonce of the run that
/// wrote it. Two runs that share an identity (a cloned or restored disk) never write the same version.
package struct RecordVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    package var sequence: UInt64
    /// Random, new at each start.
    package var runNonce: UInt64

    package init(sequence: UInt64, runNonce: UInt64) {
        self.sequence = sequence
        self.runNonce = runNonce
    }

    package static func < (left: RecordVersion, right: RecordVersion) -> Bool {
        (left.sequence, left.runNonce) < (right.sequence, right.runNonce)
    }

    package var description: String { "\(sequence)/\(String(runNonce, radix: 16))" }
}
