/// A link of a page to another place of the documentation.
struct PageLink {
    let page: String
    let line: Int
    let target: String

    /// All but those to other hosts.
    static func all(in page: DocumentationPage) -> [PageLink] {
        page.lines.enumerated().flatMap { index, line in
            line.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap { rest in
                let target = String(rest.prefix { $0 != ")" })
                return target.contains("://") ? nil : PageLink(page: page.name, line: index + 1, target: target)
            }
        }
    }

    /// Whether the file is there, and the heading.
    func leads(in pages: [DocumentationPage]) -> Bool {
        let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        var path = page
        if !parts[0].isEmpty {
            var folders = page.split(separator: "/").dropLast().map(String.init)
            for step in parts[0].split(separator: "/") {
                if step == ".." { _ = folders.popLast() } else if step != "." { folders.append(String(step)) }
            }
            path = folders.joined(separator: "/")
        }
        guard parts.count == 2 else { return fileExists("\(DocumentationPage.packageFolder)/\(path)") }
        guard let linked = pages.first(where: { $0.name == path }) else { return false }
        return linked.lines.contains { $0.hasPrefix("#") && Self.anchor($0) == parts[1] }
    }

    /// As forges make it of a heading: lower case, blanks to hyphens, other punctuation left out.
    private static func anchor(_ heading: String) -> String {
        let text = heading.drop { $0 == "#" || $0 == " " }.lowercased()
        return String(
            text.compactMap { $0 == " " ? "-" : $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" ? $0 : nil })
    }
}
