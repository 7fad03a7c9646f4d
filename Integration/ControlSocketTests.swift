internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct ControlSocketTests {
        /// Debian's nobody and nogroup.
        private func stranger(_ command: [String], group: String = "65534") -> [String] {
            ["setpriv", "--reuid=65534", "--regid=\(group)", "--clear-groups"] + command
        }

        @Test func `members of --control-group may read, and neither change anything nor see a secret`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                node.options.extra += ["--control-group", "nogroup"]
                try node.start()
                try await node.waitReady()
                for folder in [lab.folder, node.folder] { try #require(chmod(folder, 0o755) == 0) }
                let leasectl = try node.leasectl.base
                let list = try Command.run(stranger(leasectl + ["list"]))
                #expect(list.succeeded && list.output.contains(node.name), "\(list.report)")
                let token = try Command.run(stranger(leasectl + ["token"]))
                #expect(token.status == .exited(1) && token.errors.contains("is for root"), "\(token.report)")
                let others = try Command.run(stranger(leasectl + ["list"], group: "65533"))
                #expect(!others.succeeded)
            }
        }

        @Test func `a group that does not exist stops the start with its name`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let command = try node.runFeltd(node.feltdArguments + ["--control-group", "no-such-group"])
                #expect(command.status == .exited(64), "\(command.report)")
                #expect(command.errors.contains("no-such-group") && command.errors.contains("--control-group"))
            }
        }

        @Test func `hooks are told what happens`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let hooks = "\(lab.folder)/hooks"
                try Command.mustRun(["mkdir", "-m", "755", hooks])
                try writeText(
                    "#!/bin/sh\ncat >> \(lab.folder)/told; echo >> \(lab.folder)/told\n", to: "\(hooks)/10-tell")
                try #require(chmod("\(hooks)/10-tell", 0o755) == 0)
                node.options.extra += ["--hooks", hooks]
                try node.start()
                try await waitUntil("the hook is told of the claim") {
                    let told = (try? readText("\(lab.folder)/told")) ?? ""
                    return told.contains("\"kind\":\"claimed\"") ? nil : told + node.log
                }
            }
        }
    }
}
