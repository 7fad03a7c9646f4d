internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct BadInputTests {
        @Test(arguments: values + files)
        func `a bad start ends with one line that names the input, and leaves nothing`(start: BadStart) async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let before = try machineState(node)
                let run = try node.runFeltd(start)
                #expect(run.status == .exited(start.status), "\(run.report)")
                // On its way to a failure of the start feltd may say what it found; a usage error adds the usage.
                let lines = run.errors.split(separator: "\n")
                let messages = lines.filter { $0.hasPrefix("feltd: ") || $0.hasPrefix("Error: ") }
                #expect(messages.count == 1, "\(run.report)")
                for word in start.words {
                    #expect(messages.first?.contains(word) == true, "\(word) is not in \(run.errors)")
                }
                #expect(run.output.isEmpty, "\(run.report)")
                #expect(!fileExists(node.subnetFile) && folderNames(node.runFolder) == [])
                let after = try machineState(node)
                #expect(after == before)
                try await startPlainly(node)
            }
        }

        /// All that feltd could have touched on a machine, but for what the kernel changes by itself.
        private func machineState(_ node: Node) throws -> [String] {
            let space = node.namespace
            return try space.ip("-o link").lines + space.ip("-4 -o addr").lines
                + space.ip("-4 route show table all").lines + space.run("nft", "list", "ruleset").lines
        }

        /// A start that failed is no obstacle to the next, with whatever it left in its state folder.
        private func startPlainly(_ node: Node) async throws {
            guard fileExists(node.stateFolder) else { return }
            try node.start()
            try await node.waitReady()
            #expect(try node.stop() == .exited(0))
        }

        @Test func `a second feltd on one state directory or one port is refused, and the first goes on`() async throws
        {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                try node.start()
                try await node.waitReady()
                let same = try node.runFeltd(node.feltdArguments)
                #expect(same.status == .exited(1) && same.errors.contains("in use"), "\(same.report)")
                let other = ["--state-dir", "\(node.folder)/other", "--run-dir", "\(node.folder)/other-run"]
                let port = try node.runFeltd(
                    other + ["--key-file", lab.keyFile, "--subnet-file", "\(node.folder)/other.env"])
                #expect(port.status == .exited(1) && port.errors.contains("address in use"), "\(port.report)")
                #expect(try node.leasectl.status().ready)
            }
        }

        @Test func `a database that is none, or of a newer release, is refused and left as it is`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                try makeFolder(node.stateFolder)
                let content = "this is not a database, dear feltd\n"
                try writeText(content, to: "\(node.stateFolder)/felt.db")
                let text = try node.runFeltd(node.feltdArguments)
                #expect(text.status == .exited(1) && text.errors.contains("not a SQLite database"), "\(text.report)")
                #expect(try readText("\(node.stateFolder)/felt.db") == content)
                #expect(!fileExists(node.subnetFile))
                try node.wipe()
                try node.start()
                try await node.waitReady()
                try node.stop()
                try Command.mustRun(["sqlite3", "\(node.stateFolder)/felt.db", "PRAGMA user_version = 99"])
                let newer = try node.runFeltd(node.feltdArguments)
                #expect(newer.status == .exited(1) && newer.errors.contains("99"), "\(newer.report)")
            }
        }

        @Test func `somebody who is not root is told what feltd needs`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                // The build folder may be closed to others.
                let program = "\(node.folder)/feltd"
                try Command.mustRun(["install", "-m", "755", try Binaries.path("feltd"), program])
                let run = try Command.run(
                    node.namespace.inside([
                        "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "--state-dir",
                        node.stateFolder, "--run-dir", node.runFolder, "--subnet-file", node.subnetFile,
                    ]))
                #expect(run.status == .exited(1) && run.errors.contains("CAP_NET_ADMIN"), "\(run.report)")
            }
        }
    }
}
