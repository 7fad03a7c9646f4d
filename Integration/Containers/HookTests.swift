import Testing

extension Integration {
    @Suite(.serialized) struct HookTests {
        @Test func `the documentation's hook tells that the subnet has changed, and nothing before`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let block = try #require(DocumentationBlock.labelled("hook").first)
                let node = lab.nodes[0]
                let flag = "\(node.folder)/subnet-changed"
                try makeFolder("\(node.folder)/hooks.d")
                let script = block.text.replacing("/run/felt/subnet-changed", with: flag)
                #expect(script.contains(flag), "\(block.place) does not say what it does")
                try writeText(script + "\n", to: "\(node.folder)/hooks.d/50-restart", mode: 0o755)
                // The second is told of every event, so it shows when those of the start have been told.
                let told = "\(node.folder)/told"
                try writeText(
                    "#!/bin/sh\ncat >>\(told)\necho >>\(told)\n", to: "\(node.folder)/hooks.d/60-told", mode: 0o755)
                lab.configure()
                node.options.extra = ["--hooks", "\(node.folder)/hooks.d"]
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                try await waitUntil("the hooks have been told of the other node's lease") {
                    let text = try readText(told)
                    return text.contains("\"leaseAdded\"") && text.contains("\"confirmed\"") ? nil : text
                }
                #expect(!fileExists(flag))
                #expect(try node.leasectl.run(["drain", "--wait"]).succeeded)
                try await waitUntil("the hook has seen the change") {
                    fileExists(flag) ? nil : (try? readText(told)) ?? ""
                }
            }
        }
    }
}
