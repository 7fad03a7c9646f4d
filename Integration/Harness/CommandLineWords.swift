/// A program's command lines as people write them in texts and scripts.
enum CommandLineWords {
    /// The words behind each mention of the program, up to the end of its command.
    static func all(of program: String, in text: String) -> [[String]] {
        var found: [[String]] = []
        var words: [String]?
        for word in separated(text) {
            if ends.contains(word) {
                if let ended = words { found.append(ended) }
                words = nil
            } else if word == program || word.hasSuffix("/\(program)") {
                if let ended = words { found.append(ended) }
                words = []
            } else {
                words?.append(word)
            }
        }
        if let ended = words { found.append(ended) }
        return found
    }

    private static let ends: Set = ["|", "||", "&", "&&", ";", "#", "<", ">", "→", "end-of-command"]

    /// Words by blanks, with the shell's operators as words of their own and quotes left out.
    private static func separated(_ text: String) -> [String] {
        var spaced = ""
        for character in text {
            switch character {
            case "(", ")", "`": spaced += " end-of-command "
            case ";", "|", "&", "<", ">": spaced += " \(character) "
            case "\"", "'": continue
            default: spaced.append(character)
            }
        }
        return spaced.split(separator: " ").map(String.init)
    }
}
