internal import FoundationEssentials
internal import Glibc
import Testing

extension Integration {
    /// What goes wrong is said under an identifier that an operator can look up.
    @Suite(.serialized) struct ErrorPathTests {
        private struct Line: Decodable {
            var level: String
            var id: String
            var message: String
        }

        @Test(
            arguments: [
                ("configuration-refused", ["--vni", "0"], 64), ("start-failed", ["--bind", "203.0.113.7"], 1),
            ] as [(String, [String], Int32)])
        func `a start that fails is an event where the log is JSON`(id: String, arguments: [String], status: Int32)
            async throws
        {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let run = try node.runFeltd(node.feltdArguments + ["--log-format", "json"] + arguments)
                #expect(run.status == .exited(status), "\(run.report)")
                let lines = try run.errors.split(separator: "\n").map {
                    try JSONDecoder().decode(Line.self, from: Data($0.utf8))
                }
                let last = try #require(lines.last)
                #expect(last.id == id && last.level == "error" && last.message.contains(arguments[1]), "\(run.report)")
            }
        }

        @Test func `a seed without an address, and datagrams that may not leave, are said once`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let node = lab.nodes[0]
                // No name has a part of 64 characters (RFC 1035 §2.3.4): nobody is asked for it.
                let nobody = String(repeating: "x", count: 64) + ".example"
                lab.configure { $0.join.append(nobody) }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await waitUntil("the seed is said to be unknown") {
                    node.log.contains("seed-unresolved: no address is found for \(nobody)") ? nil : "not yet"
                }
                try node.namespace.run(
                    "nft",
                    "add table ip lab; add chain ip lab out { type filter hook output priority 0; }; "
                        + "add rule ip lab out udp sport 8473 drop")
                try await waitUntil("the firewall is named") {
                    node.log.contains("datagrams-unsent:") && node.log.contains("Operation not permitted")
                        ? nil : "not yet"
                }
                let before = try node.leasectl.status().gossip["sendFailures", default: 0]
                try await waitUntil("more have failed") {
                    try node.leasectl.status().gossip["sendFailures", default: 0] >= before + 10 ? nil : "not yet"
                }
                for id in ["seed-unresolved:", "datagrams-unsent:"] {
                    #expect(node.log.split(separator: "\n").count { $0.contains(id) } == 1, "\(id) \(node.log)")
                }
            }
        }
    }
}
