internal import Glibc
import Testing

extension Integration {
    /// The manual pages, which are made of what the programs say of themselves.
    @Suite(.serialized) struct ManualPageTests {
        /// As Packaging/scripts/install.sh makes them.
        private static let pages: [(program: String, section: String, more: String?, name: String)] = [
            ("leasectl", "1", "leasectl.roff", "leasectl"), ("feltd", "8", "feltd.roff", "feltd"),
            ("felt-web", "8", nil, "felt-web"), ("feltd", "5", "felt.roff", "felt"),
        ]

        /// A page as man shows it, and what two readers of its source complain of.
        private struct Page {
            let text: String
            let complaints: String

            init(_ index: Int) throws {
                let page = ManualPageTests.pages[index]
                let packaging = "\(DocumentationPage.packageFolder)/Packaging"
                let made = try Command.mustRun(
                    ["\(packaging)/scripts/manual.py", try Binaries.path(page.program), page.section, "1.2.3"]
                        + (page.more.map { ["\(packaging)/man/\($0)"] } ?? []))
                let path = "/tmp/felt-manual-\(getpid()).\(page.section)"
                defer { unlink(path) }
                try writeText(made.output, to: path, mode: 0o644)
                // Wide, so that nothing is broken into two lines; no overstrikes.
                let shown = try Command.run(
                    ["sh", "-c", "man --warnings -l -E ascii \(path) | col -bx; exit 0"],
                    environment: ["MANWIDTH": "500", "MANROFFOPT": "-c", "MANPAGER": "cat"])
                text = shown.output
                // A date would make every build another.
                let lint = try Command.run(["mandoc", "-T", "lint", "-W", "warning", path])
                let problems = lint.lines.filter { !$0.contains("missing date") }
                complaints = (trimmedLines(shown.errors) + problems).joined(separator: "\n")
            }

            /// Without the blanks around each line.
            var lines: [String] { trimmedLines(text) }
        }

        @Test(arguments: pages.indices) func `a page is well-formed, and tells its name and release`(index: Int) throws
        {
            let (page, known) = (try Page(index), Self.pages[index])
            #expect(page.complaints == "")
            #expect(page.text.contains("\(known.name) - "), "\(page.text.prefix(400))")
            #expect(page.text.contains("Felt 1.2.3"))
            #expect(page.lines.first?.hasPrefix("\(known.name.uppercased())(\(known.section))") == true)
        }

        @Test func `each command of leasectl has its section, with an example`() throws {
            let commands = try ProgramHelp(of: "leasectl").commands
            #expect(commands.count > 25)
            let lines = try Page(0).lines
            for command in commands {
                guard let start = lines.firstIndex(of: command) else {
                    Issue.record("\(command) has no section")
                    continue
                }
                let section = lines[(start + 1)...].prefix { !commands.contains($0) }.joined(separator: "\n")
                #expect(section.contains("leasectl \(command)"), "\(command): its synopsis")
                #expect(section.contains("Example: "), "\(command): its example")
            }
        }

        @Test func `each option of a program, and each key of the configuration file, is in its page`() throws {
            for (index, known) in Self.pages.enumerated() {
                let isFile = known.section == "5"
                let options = try ProgramHelp(of: known.program).allOptions.subtracting([
                    "--help", "-help", "-h", "--version",
                ])
                let text = try Page(index).text
                for option in options where !isFile || (option != "--config" && option.hasPrefix("--")) {
                    let word = isFile ? "\(option.dropFirst(2)): " : option
                    #expect(text.contains(word), "\(known.name).\(known.section) does not have \(word)")
                }
            }
        }
    }
}
