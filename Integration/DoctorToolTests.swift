internal import Addressing
internal import Glibc
import Testing

extension Integration {
    /// bundle and top against a real daemon.
    @Suite(.serialized) struct DoctorToolTests {
        @Test func `a bundle has no key, no token and no identity in it`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let file = "\(lab.folder)/bundle.tar"
                let made = try node.leasectlInside(["bundle", file])
                #expect(made.succeeded, "\(made.report)")
                let listed = try Command.mustRun(["tar", "tf", file]).lines
                #expect(listed.contains("felt-bundle/kernel/routes.txt") && listed.count > 15, "\(listed)")
                try makeFolder("\(lab.folder)/unpacked")
                try Command.mustRun(["tar", "xf", file, "-C", "\(lab.folder)/unpacked"])
                let text = try Command.mustRun(["sh", "-c", "cat $(find \(lab.folder)/unpacked -type f)"]).output
                #expect(text.contains("10.244.0.0/16") && text.contains("flannel.1"))
                var secrets = try node.leasectl.run(["token"]).lines + Command.mustRun(["cat", lab.keyFile]).lines
                let identity = try Command.mustRun(["cat", "\(node.stateFolder)/identity"]).lines
                secrets += identity.flatMap { $0.split(separator: " ").map(String.init) }.filter { $0.utf8.count >= 40 }
                #expect(secrets.count >= 3, "\(secrets.count)")
                for secret in secrets { #expect(!text.contains(secret), "a secret is in the archive") }
            }
        }

        @Test(arguments: ["doctor --root /nowhere", "bundle -", "trace 10.244.0.1 --probe"])
        func `what takes a while says so on a terminal's standard error, and takes it back`(command: String)
            async throws
        {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let subnet = try lab.nodes[1].subnetEnv().subnet
                let words = command.replacing("10.244.0.1", with: "\(subnet.base)")
                let line = try (node.leasectl.base + [words]).joined(separator: " ") + " >/dev/null"
                func run(_ line: String, _ environment: [String: String]) throws -> String {
                    try Command.run(
                        node.namespace.inside(["script", "-qec", line, "/dev/null"]), environment: environment
                    ).output
                }
                let erased = "\r\u{1B}[K"
                let shown = try run(line, ["TERM": "xterm"])
                #expect(shown.hasPrefix(erased) && shown.contains(" …\(erased)"), "\(shown.debugDescription)")
                #expect(try run("\(line) 2>&1 | cat", ["TERM": "xterm"]).contains("\u{1B}") == false)
                #expect(try run(line, ["TERM": "dumb"]).contains("\u{1B}") == false)
            }
        }

        @Test func `doctor is coloured on a terminal, and not with NO_COLOR`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                try node.namespace.set("net/ipv4/ip_forward", to: "0")
                let line = try node.leasectl.base.joined(separator: " ") + " doctor --root /nowhere 2>/dev/null"
                for (environment, isColoured) in [
                    (["TERM": "xterm"], true), (["TERM": "xterm", "NO_COLOR": "1"], false), (["TERM": "dumb"], false),
                ] {
                    let run = try Command.run(
                        node.namespace.inside(["script", "-qec", line, "/dev/null"]), environment: environment)
                    #expect(run.output.contains("ip-forward"), "\(run.report)")
                    #expect(run.output.contains("\u{1B}[31;1mWRONG\u{1B}[0m") == isColoured, "\(run.report)")
                    #expect(run.output.contains("\u{1B}") == isColoured, "\(run.report)")
                }
            }
        }

        @Test func `top fills a terminal, ends by q and by a signal, and puts the screen back`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let words = try node.leasectl.base.joined(separator: " ") + " top --interval 0.2"
                for ending in ["sleep 1; printf q", "sleep 1; kill $(cat \(lab.folder)/pid) >/dev/null; sleep 1"] {
                    let line =
                        ending.contains("kill")
                        ? "sh -c 'echo $$ >\(lab.folder)/pid; exec \(words)'" : words
                    let script = "(\(ending)) | TERM=xterm script -qec \"\(line)\" /dev/null"
                    let run = try Command.run(node.namespace.inside(["sh", "-c", script]), limit: .seconds(20))
                    #expect(run.output.contains("\u{1B}[?1049h"), "\(run.report.debugDescription)")
                    #expect(run.output.contains("10.244."), "\(run.report.debugDescription)")
                    let restored = try #require(run.output.firstRange(of: "\u{1B}[?25h\u{1B}[?1049l"))
                    #expect(!run.output[restored.upperBound...].contains("n2"), "\(run.report.debugDescription)")
                }
            }
        }
    }
}
