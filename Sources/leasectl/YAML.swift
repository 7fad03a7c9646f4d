internal import ControlAPI

/// Writes a JSON tree as YAML 1.2: block style, strings quoted wherever they could be read as something else.
enum YAML {
    static func text(_ value: JSONValue) -> String {
        var text = ""
        write(value, indent: 0, isInline: false, to: &text)
        return text
    }

    private static func write(_ value: JSONValue, indent: Int, isInline: Bool, to text: inout String) {
        let margin = String(repeating: "  ", count: indent)
        switch value {
        case .object(let members) where !members.isEmpty:
            for (index, member) in members.enumerated() {
                text += (index == 0 && isInline ? "" : margin) + scalar(member.key) + ":"
                writeMember(member.value, indent: indent, to: &text)
            }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                text += (index == 0 && isInline ? "" : margin) + "- "
                write(element, indent: indent + 1, isInline: true, to: &text)
            }
        default: text += (isInline ? "" : margin) + flat(value) + "\n"
        }
    }

    private static func writeMember(_ value: JSONValue, indent: Int, to text: inout String) {
        switch value {
        case .object(let members) where !members.isEmpty:
            text += "\n"
            write(value, indent: indent + 1, isInline: false, to: &text)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            write(value, indent: indent + 1, isInline: false, to: &text)
        default: text += " " + flat(value) + "\n"
        }
    }

    private static func flat(_ value: JSONValue) -> String {
        switch value {
        case .string(let string): scalar(string)
        case .array: "[]"
        case .object: "{}"
        default: value.line
        }
    }

    /// Plain where it cannot be misread, else double-quoted as JSON, which YAML contains.
    private static func scalar(_ string: String) -> String {
        let isPlain =
            !string.isEmpty
            && string.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "/")].contains(byte)
            }
            && (string.utf8.first.map { (65...90).contains($0) || (97...122).contains($0) } ?? false)
            && !["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(string.lowercased())
        if isPlain { return string }
        var quoted = ""
        JSONValue.quote(string, into: &quoted)
        return quoted
    }
}
