internal import FoundationEssentials

/// Standard base64 (RFC 4648 §4), strict.
func base64Decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { Array($0) } }

/// The URL's alphabet without padding (RFC 4648 §5): survives shells and double clicks.
func base64URLEncode(_ bytes: [UInt8]) -> String {
    String(Data(bytes).base64EncodedString().compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
}

func base64URLDecode(_ text: some StringProtocol) -> [UInt8]? {
    guard !text.contains(where: { $0 == "+" || $0 == "/" || $0 == "=" }) else { return nil }
    let standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    return base64Decode(standard + String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4))
}
