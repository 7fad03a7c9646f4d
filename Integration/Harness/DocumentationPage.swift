/// A page of the documentation as it is in the package's folder.
struct DocumentationPage: Sendable {
    /// From the package's folder: README.md, Documentation/leases.md.
    let name: String
    let lines: [String]

    static var packageFolder: String { "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") }

    static func all() throws -> [DocumentationPage] {
        let pages = folderNames("\(packageFolder)/Documentation").filter { $0.hasSuffix(".md") }
        guard !pages.isEmpty else { throw LabError("\(packageFolder)/Documentation holds no pages") }
        return try (["README.md", "CONTRIBUTING.md"] + pages.map { "Documentation/\($0)" }).map { name in
            let text = try readText("\(packageFolder)/\(name)")
            return DocumentationPage(
                name: name, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }

    /// What stands in `backticks` and on the lines of fenced blocks of commands, each with its line's number.
    var code: [(line: Int, text: String)] {
        var found: [(Int, String)] = []
        var fence: Substring?
        for (index, line) in lines.enumerated() {
            let trimmed = line.drop { $0 == " " }
            if trimmed.hasPrefix("```") {
                fence = fence == nil ? trimmed.dropFirst(3) : nil
            } else if let fence {
                if fence == "sh" || fence == "ini" { found.append((index + 1, line)) }
            } else {
                let parts = line.split(separator: "`", omittingEmptySubsequences: false)
                for (number, part) in parts.enumerated() where number % 2 == 1 {
                    found.append((index + 1, String(part)))
                }
            }
        }
        return found
    }
}
