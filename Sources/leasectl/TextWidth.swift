/// How many columns of a terminal a text takes.
enum TextWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + columns($1) } }

    /// At most `width` columns, the end replaced by an ellipsis.
    static func cut(_ text: String, _ width: Int) -> String {
        guard of(text) > width else { return text }
        var result = ""
        var used = 0
        for character in text {
            used += columns(character)
            if used > width - 1 { break }
            result.append(character)
        }
        return result + "…"
    }

    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - of(text)))
    }

    /// East Asian wide characters and pictures take two columns (Unicode UAX #11, the common ranges).
    private static func columns(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        return switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            2
        default: 1
        }
    }
}
