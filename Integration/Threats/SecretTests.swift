internal import FoundationEssentials
internal import Glibc
import Testing

extension Integration {
    /// Whoever reads logs, process lists, metrics or what an operator hands on learns no key.
    @Suite(.serialized) struct SecretTests {
        @Test func `secrets are in no log, process argument, environment, answer, metric or bundle`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .hostGateway)
                let node = lab.nodes[0]
                let web = try await WebServer(
                    socket: "\(node.runFolder)/feltd.sock", port: 8474, folder: node.folder,
                    wrapper: node.namespace.inside([]))
                let secrets = try secrets(of: lab)
                func check(_ text: String, _ place: String) {
                    for secret in secrets { #expect(!text.contains(secret), "\(place) has a secret") }
                }
                for words in [
                    ["status"], ["members"], ["list"], ["events"], ["routes"], ["doctor"], ["key", "list"],
                    ["db", "check"],
                ] {
                    for format in ["table", "json"] {
                        let run = try node.leasectlInside(["-o", format] + words)
                        check(run.output + run.errors, words.joined(separator: " "))
                    }
                }
                check(try node.leasectlInside(["export"]).output, "export")
                check(try node.leasectlInside(["bundle", "-"]).output, "bundle")
                for page in ["/", "/metrics", "/api/status", "/api/leases", "/api/members", "/api/events"] {
                    let answer = try web.get(page)
                    #expect(answer.status == 200, "\(page)")
                    check(answer.body, page)
                }
                check(node.log, "the log")
                check(web.log, "felt-web's log")
                for pid in [try #require(node.daemon).pid, web.pid] {
                    check(try readText("/proc/\(pid)/cmdline"), "the arguments of \(pid)")
                    check(try readText("/proc/\(pid)/environ"), "the environment of \(pid)")
                }
                check(try Command.mustRun(["ps", "-ww", "-eo", "args"]).output, "the process list")
            }
        }

        @Test func `what holds secrets is read by nobody else`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { $0.keyFile = nil }
                let node = lab.nodes[0]
                node.options.join = []
                try node.start()
                try await node.waitReady()
                for name in ["keys", "identity", "cluster", "felt.db"] where fileExists("\(node.stateFolder)/\(name)") {
                    #expect(try fileMode("\(node.stateFolder)/\(name)") == 0o600, "\(name)")
                }
                #expect(fileExists("\(node.stateFolder)/keys") && fileExists("\(node.stateFolder)/identity"))
                let backup = "\(node.folder)/backup.db"
                #expect(try node.leasectl.run(["backup", backup]).succeeded)
                let bytes = String(decoding: try Data(contentsOf: URL(filePath: backup)), as: UTF8.self)
                let token = try #require(try node.leasectl.run(["token"]).lines.first)
                #expect(!bytes.contains(token))
            }
        }

        /// The cluster's key in every form in which it may be written, a token that carries it, and each identity.
        private func secrets(of lab: Lab) throws -> [String] {
            let key = try #require(try readText(lab.keyFile).split(separator: "\n").first.map(String.init))
            let bytes = try #require(Data(base64Encoded: key))
            let plain = key.replacing("=", with: "")
            let token = try #require(try lab.nodes[0].leasectl.run(["token"]).lines.first)
            let identities = try lab.nodes.map { node in
                let line = try readText("\(node.stateFolder)/identity").split(separator: "\n").first {
                    $0.hasPrefix("private-key ")
                }
                return String(try #require(line).dropFirst("private-key ".count))
            }
            return [
                plain, plain.replacing("+", with: "-").replacing("/", with: "_"),
                bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(), token,
            ] + identities
        }
    }
}
