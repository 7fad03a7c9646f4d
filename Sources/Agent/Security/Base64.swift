internal import FoundationEssentials

/// Standard base64 (RFC 4648 §4), strict.
func base64Decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// The URL's alphabet without padding (RFC 4648 §5): survives shells and double clicks.
func base64URLEncode(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
}

/// `nil` for another text than the one that encodes the bytes: a token has one form.
func base64URLDecode(_ text: some StringProtocol) -> [UInt8]? {
    let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    guard let bytes = base64Decode(standard + padding), base64URLEncode(bytes) == text else { return nil }
    return bytes
}
