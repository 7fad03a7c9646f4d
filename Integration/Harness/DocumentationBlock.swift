internal import Testing

/// A block of shell commands in the documentation that a comment above it marks as runnable:
///
///     <!-- run: LABEL -->
///     ```sh
///
/// The label says what the commands need; for each there is a test that runs its blocks.
struct DocumentationBlock: Sendable, CustomTestStringConvertible {
    /// The name of the page, from the package's folder.
    let page: String
    /// The line of its first command.
    let line: Int
    let label: String
    let text: String

    var place: String { "\(page):\(line)" }
    var testDescription: String { place }

    /// The runnable blocks of all pages, in order.
    static func all() throws -> [DocumentationBlock] { try DocumentationPage.all().flatMap { try blocks(of: $0) } }

    /// Those with this label; it is a mistake to ask for one that is nowhere.
    static func labelled(_ label: String) throws -> [DocumentationBlock] {
        let found = try all().filter { $0.label == label }
        guard !found.isEmpty else { throw LabError("no block of the documentation is marked <!-- run: \(label) -->") }
        return found
    }

    static func blocks(of page: DocumentationPage) throws -> [DocumentationBlock] {
        var found: [DocumentationBlock] = []
        var rest = page.lines[...]
        while let mark = rest.firstIndex(where: { $0.hasPrefix("<!-- run:") }) {
            guard mark + 1 < rest.endIndex, rest[mark + 1] == "```sh", rest[mark].hasSuffix("-->"),
                let end = rest[(mark + 2)...].firstIndex(of: "```")
            else { throw LabError("\(page.name):\(mark + 1): behind <!-- run: LABEL --> stands no block of sh") }
            let label = rest[mark].dropFirst("<!-- run:".count).dropLast("-->".count).split(separator: " ")
            found.append(
                DocumentationBlock(
                    page: page.name, line: mark + 3, label: label.joined(separator: " "),
                    text: rest[(mark + 2)..<end].joined(separator: "\n")))
            rest = rest[end...].dropFirst()
        }
        return found
    }
}
