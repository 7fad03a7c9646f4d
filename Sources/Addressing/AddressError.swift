/// Why a text is not an address, a block, a MAC address or an endpoint; the description names the text and the cure.
package enum AddressError: Error, Equatable, Sendable, CustomStringConvertible {
    case notAnAddress(text: String, family: String)
    case notABlock(text: String, family: String)
    case prefixLengthOutOfRange(text: String, most: Int)
    case hostBitsSet(text: String, suggestion: String)
    case notAMACAddress(text: String)
    case portOutOfRange(text: String)

    package var description: String {
        switch self {
        case .notAnAddress(let text, let family):
            "\(quoted(text)) is not an \(family) address"
        case .notABlock(let text, let family):
            "\(quoted(text)) is not an \(family) network; write it as ADDRESS/LENGTH"
        case .prefixLengthOutOfRange(let text, let most):
            "\(quoted(text)) has a prefix length outside 0 to \(most)"
        case .hostBitsSet(let text, let suggestion):
            "\(quoted(text)) is not a network: host bits are set; write \(suggestion)"
        case .notAMACAddress(let text):
            "\(quoted(text)) is not a MAC address; write it as 02:00:00:00:00:01"
        case .portOutOfRange(let text):
            "\(quoted(text)) has a port outside 1 to 65535"
        }
    }
}

/// Untrusted text for a message: quoted, control characters escaped, cut at 80 characters.
package func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(80).map { scalar in
        scalar.properties.generalCategory == .control || scalar == "\"" || scalar == "\\"
            ? scalar.escaped(asASCII: true) : String(scalar)
    }
    return "\"" + shown.joined() + (text.unicodeScalars.count > 80 ? "…" : "") + "\""
}
