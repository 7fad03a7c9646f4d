/// Lower-case digits with leading zeros.
func hexadecimal(_ value: some FixedWidthInteger & UnsignedInteger, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// The bytes that pairs of lower-case hexadecimal digits stand for; `nil` for another text.
func bytes(hexadecimal text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2),
        digits.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
    else { return nil }
    return stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
}

/// draft-eastlake-fnv, FNV-1a, 64 bit: against damage, not against intent.
func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
}
