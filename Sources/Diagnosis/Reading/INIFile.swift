/// A configuration file of sections and KEY=VALUE lines, as systemd and NetworkManager write them.
struct INIFile {
    struct Entry: Hashable {
        var section: String
        var key: String
        var value: String
        /// Written `+=`.
        var isAddition: Bool
    }

    private(set) var entries: [Entry] = []

    init(_ text: String) {
        var section = ""
        for raw in text.split(whereSeparator: \.isNewline) {
            let line = Self.trimmed(raw)
            guard let first = line.first, first != "#", first != ";" else { continue }
            if first == "[", let end = line.firstIndex(of: "]") {
                section = String(line[line.index(after: line.startIndex)..<end])
                continue
            }
            guard let equals = line.firstIndex(of: "=") else { continue }
            var key = line[..<equals]
            let isAddition = key.last == "+"
            if isAddition { key.removeLast() }
            entries.append(
                Entry(
                    section: section, key: String(Self.trimmed(key)),
                    value: String(Self.trimmed(line[line.index(after: equals)...])), isAddition: isAddition))
        }
    }

    /// The last value of a key, which is the one that counts.
    func value(_ section: String, _ key: String) -> String? {
        entries.last { $0.section == section && $0.key == key }?.value
    }

    func section(_ name: String) -> [Entry] { entries.filter { $0.section == name } }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }

    static func isTrue(_ text: String?) -> Bool { ["1", "yes", "true", "on"].contains(text?.lowercased()) }

    static func isFalse(_ text: String?) -> Bool { ["0", "no", "false", "off"].contains(text?.lowercased()) }
}
