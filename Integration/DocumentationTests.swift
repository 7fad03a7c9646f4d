import Testing

extension Integration {
    /// What the documentation says exists, and what it tells people to type works.
    @Suite(.serialized) struct DocumentationTests {
        /// Labels of runnable blocks; `lab` is run here, the others by the tests in Containers.
        private static let labels: Set = ["lab", "podman", "docker", "nspawn", "hook"]
        private static let withoutNode = "lab without "

        @Test func `every runnable block has a label that a test runs`() throws {
            for block in try DocumentationBlock.all() {
                let isKnown = Self.labels.contains(block.label) || block.label.hasPrefix(Self.withoutNode)
                #expect(isKnown, "\(block.place): \(block.label)")
            }
        }

        @Test(arguments: try DocumentationPage.all().map(\.name))
        func `the commands of a page, run in its order on one machine of three, succeed`(name: String) async throws {
            let page = try #require(try DocumentationPage.all().first { $0.name == name })
            let blocks = try DocumentationBlock.blocks(of: page).filter { $0.label.hasPrefix("lab") }
            guard !blocks.isEmpty else { return }
            try await Lab.with(nodes: 3) { lab in
                for node in lab.nodes { node.calledName = "shop\(node.index)" }
                let machine = try await Machine(lab.nodes[0])
                try await lab.startCluster(backend: .vxlan)
                for block in blocks {
                    if block.label.hasPrefix(Self.withoutNode) {
                        let absent = block.label.dropFirst(Self.withoutNode.count)
                        let node = try #require(lab.nodes.first { $0.calledName.map { $0 == absent } == true })
                        try node.stop(9)
                        try await waitUntil("\(absent) is unreachable") {
                            let members = try lab.nodes[0].leasectl.members()
                            return members.contains { $0.node == absent && $0.liveness == "unreachable" }
                                ? nil : "\(members)"
                        }
                    }
                    try machine.mustRun(block)
                }
            }
        }

        @Test func `every command line and option that the documentation names exists`() throws {
            let programs = try ["feltd", "leasectl", "felt-web"].map(ProgramHelp.init(of:))
            var seen = 0
            for page in try DocumentationPage.all() {
                for (line, text) in page.code {
                    for program in programs {
                        for words in CommandLineWords.all(of: program.name, in: text) {
                            seen += 1
                            if let problem = program.problem(with: words) {
                                Issue.record(
                                    "\(page.name):\(line): \(program.name) \(words.joined(separator: " ")): \(problem)")
                            }
                        }
                    }
                }
            }
            #expect(seen > 100, "the documentation was not read")
        }

        /// The pages on the simulator, the benchmarks, the storm of faults and scale speak of their own tools.
        @Test func `every option and environment variable that a page names by itself exists`() throws {
            let options = try ["feltd", "leasectl", "felt-web"].map(ProgramHelp.init(of:)).map(\.allOptions)
            let known = options.reduce(into: Set<String>()) { $0.formUnion($1) }
            for page in try DocumentationPage.all()
            where !["simulation", "benchmarks", "chaos", "scale"].map({ "Documentation/\($0).md" }).contains(page.name)
            {
                for (line, text) in page.code {
                    let named = text.hasPrefix("--") ? text.prefix { $0 == "-" || $0.isLetter } : ""
                    #expect(named.isEmpty || known.contains(String(named)), "\(page.name):\(line): \(named)")
                    for part in text.split(whereSeparator: { !($0 == "_" || $0.isUppercase) }) {
                        guard part.hasPrefix("FELTD_"), part != "FELTD_" else { continue }
                        let option = "--" + part.dropFirst("FELTD_".count).lowercased().replacing("_", with: "-")
                        #expect(options[0].contains(option), "\(page.name):\(line): \(part)")
                    }
                }
            }
        }

        @Test func `the page of log identifiers has every one in the sources, and no other`() throws {
            let folder = DocumentationPage.packageFolder
            // An event's kind is its identifier in the log; `watching` is only told to who watches.
            let pattern = #"(\bid: |\bEventKind\(rawValue: )"[a-z][a-zA-Z-]+""#
            let found = try Command.mustRun(["grep", "-rhoE", pattern, "\(folder)/Sources", "--include=*.swift"])
            let expected = Set(found.lines.compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) })
                .subtracting(["watching"])
            #expect(expected.count > 60, "the sources were not read")
            let page = try readText("\(folder)/Documentation/log-identifiers.md")
            let listed = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
                .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
            #expect(Set(listed).count == listed.count, "one is listed twice")
            #expect(difference("identifiers", expected: expected, observed: Set(listed)) == nil)
        }

        @Test func `the index leads to every page, and every link between pages to a place that is there`() throws {
            let pages = try DocumentationPage.all()
            let index = try #require(pages.first { $0.name == "Documentation/README.md" })
            for page in pages where page.name.hasPrefix("Documentation/") && page.name != index.name {
                let file = page.name.dropFirst("Documentation/".count)
                #expect(index.lines.contains { $0.contains("](\(file))") }, "\(file) is not in the index")
            }
            for page in pages {
                for link in PageLink.all(in: page) where !link.leads(in: pages) {
                    Issue.record("\(page.name):\(link.line): \(link.target) leads nowhere")
                }
            }
        }
    }
}
