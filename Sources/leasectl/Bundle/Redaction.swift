/// Takes out of a text whatever could be a secret: tokens, keys in base64, private keys in hexadecimal. It would rather
/// take too much: what it knows of a secret is its form.
enum Redaction {
    static let mark = "[left out]"
    /// 32 bytes in base64 without padding, and in hexadecimal.
    private static let shortestBase64 = 43
    private static let shortestHexadecimal = 64
    private static let tokenPrefix = "felt1-"
    /// Words whose line holds a secret, whatever its form.
    private static let telling = ["privatekey", "private key", "password", "passwd", "secret"]

    static func of(_ text: String) -> String {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let lower = line.lowercased()
            lines.append(telling.contains(where: lower.contains) ? mark : cleaned(line))
        }
        return lines.joined(separator: "\n")
    }

    private static func cleaned(_ line: Substring) -> String {
        var result = ""
        var word = ""
        func end() {
            result += isSecret(word) ? mark : word
            word = ""
        }
        for character in line {
            if isPart(character) {
                word.append(character)
            } else {
                end()
                result.append(character)
            }
        }
        end()
        return result
    }

    /// Of base64, its URL form, and hexadecimal.
    private static func isPart(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        return switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func isSecret(_ word: String) -> Bool {
        if word.contains(tokenPrefix) { return true }
        // A path is long and has slashes too, but no part of it is as long as a key.
        let parts = word.split(separator: "/")
        if word.hasPrefix("/"), parts.allSatisfy({ $0.utf8.count < shortestBase64 }) { return false }
        if word.utf8.count >= shortestHexadecimal, word.allSatisfy(\.isHexDigit) { return true }
        return word.utf8.count >= shortestBase64 && word.contains(where: \.isNumber)
            && word.contains(where: \.isUppercase) && word.contains(where: \.isLowercase)
    }
}
