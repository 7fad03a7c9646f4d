internal import ControlAPI
internal import FoundationEssentials

/// What a program says of its own commands and options (--experimental-dump-help).
struct ProgramHelp {
    let name: String
    private let top: JSONValue

    init(of name: String) throws {
        let dump = try Command.mustRun([try Binaries.path(name), "--experimental-dump-help"])
        let tree = try JSONDecoder().decode(JSONValue.self, from: Data(dump.output.utf8))
        guard let top = tree["command"] else { throw LabError("\(name) does not describe itself: \(dump.report)") }
        self.name = name
        self.top = top
    }

    /// What is wrong with a command line; `nil` when its command and all its options exist. Values are not looked at.
    func problem(with words: [String]) -> String? {
        var command = top
        var path = name
        var isBehindOption = false
        var options: [String] = []
        for word in words {
            if word.hasPrefix("-"), word != "-" {
                let option = word.split(separator: "=", maxSplits: 1).first.map(String.init) ?? word
                options.append(String(option.prefix { !",.:]".contains($0) }))
                isBehindOption = true
                continue
            }
            let bare = word.prefix { !",.:".contains($0) }
            if let next = Self.list(command["subcommands"]).first(where: { $0["commandName"] == .string(String(bare)) })
            {
                command = next
                path += " \(bare)"
            } else if !isBehindOption, hasCommands(command), isCommandWord(bare) {
                return "\(path) has no command \(bare)"
            }
            isBehindOption = false
        }
        // `leasectl … -o json` speaks of all its commands.
        let known = Self.options(of: command)
        let missing = options.first { !known.contains($0) && !known.contains(String($0.prefix(2))) }
        return missing.map { "\(path) has no option \($0)" }
    }

    /// All that any of its commands has.
    var allOptions: Set<String> { Self.options(of: top) }

    /// The words of each command that does something, such as "node forget".
    var commands: [String] { Self.leaves(of: top, []) }

    private static func leaves(of command: JSONValue, _ words: [String]) -> [String] {
        let inner = list(command["subcommands"]).filter { $0["commandName"] != .string("help") }
        guard !inner.isEmpty else { return [words.joined(separator: " ")] }
        return inner.flatMap { next -> [String] in
            guard case .string(let name)? = next["commandName"] else { return [] }
            return leaves(of: next, words + [name])
        }
    }

    /// A command's, and those of the commands below it.
    private static func options(of command: JSONValue) -> Set<String> {
        list(command["subcommands"]).reduce(
            into: Set(list(command["arguments"]).flatMap(spellings) + ["--help", "-h", "--version"])
        ) { $0.formUnion(options(of: $1)) }
    }

    /// `help` is not one that a text would mean.
    private func hasCommands(_ command: JSONValue) -> Bool {
        Self.list(command["subcommands"]).contains { $0["commandName"] != .string("help") }
    }

    /// Placeholders (COMMAND, …) are not.
    private func isCommandWord(_ word: Substring) -> Bool {
        !word.isEmpty && word.unicodeScalars.allSatisfy { ("a"..."z").contains($0) || $0 == "-" }
    }

    private static func list(_ value: JSONValue?) -> [JSONValue] {
        guard case .array(let elements)? = value else { return [] }
        return elements
    }

    private static func spellings(_ argument: JSONValue) -> [String] {
        list(argument["names"]).compactMap { name in
            guard case .string(let text)? = name["name"], case .string(let kind)? = name["kind"] else { return nil }
            return (kind == "long" ? "--" : "-") + text
        }
    }
}
