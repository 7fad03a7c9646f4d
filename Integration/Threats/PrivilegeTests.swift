internal import Glibc
import Testing

extension Integration {
    /// The privileges that the systemd units leave to the daemons are all that those need.
    @Suite(.serialized) struct PrivilegeTests {
        @Test func `feltd does its work with CAP_NET_ADMIN alone, as its unit gives it`() async throws {
            let unit = try SystemdUnit("feltd.service")
            #expect(unit["CapabilityBoundingSet"] == ["CAP_NET_ADMIN"] && unit["NoNewPrivileges"] == ["yes"])
            try await Lab.with(nodes: 2) { lab in
                for node in lab.nodes {
                    node.wrapper = [
                        "setpriv", "--bounding-set", "-all,+net_admin", "--inh-caps", "-all", "--no-new-privs",
                    ]
                    node.options.extra = ["--ip-masq"]
                }
                try await lab.startCluster(backend: .vxlan)
                for node in lab.nodes {
                    let status = try readText("/proc/\(try #require(node.daemon).pid)/status")
                    func field(_ name: String) -> Substring? {
                        status.split(separator: "\n").first { $0.hasPrefix(name + ":") }?.dropFirst(name.count + 2)
                    }
                    // CAP_NET_ADMIN is number 12 (capabilities(7)).
                    for name in ["CapEff", "CapPrm", "CapBnd"] { #expect(field(name) == "0000000000001000", "\(name)") }
                    #expect(field("CapAmb") == "0000000000000000" && field("NoNewPrivs") == "1")
                    try node.addPod()
                }
                #expect(try lab.pingMatrix() == [])
                try lab.nodes[0].namespace.ip("link del flannel.1")
                try await lab.waitConverged(backend: .vxlan)
                #expect(try lab.nodes[0].namespace.run("nft", "list", "tables").output.contains("felt"))
            }
        }

        @Test func `feltd makes no system call that its unit's filter refuses`() async throws {
            let allowed = try SystemdUnit("feltd.service").allowedSystemCalls()
            #expect(allowed.contains("sendmsg") && allowed.contains("fchown") && !allowed.contains("mount"))
            try await Lab.with(nodes: 2) { lab in
                let node = lab.nodes[0]
                let trace = "\(node.folder)/trace"
                // -D: the tracer is the child, so that feltd stays the process that is signalled. libdispatch lowers the
                // priority of its background threads; refused as the filter refuses it, they run with the others'.
                let refused = "setpriority"
                node.wrapper = [
                    "strace", "-D", "-f", "-qq", "-s", "0", "-e", "inject=\(refused):error=EPERM", "-o", trace,
                ]
                node.options.extra = ["--ip-masq", "--control-group", "root"]
                try await lab.startCluster(backend: .vxlan)
                #expect(try node.leasectl.run(["key", "add", "--generate"]).succeeded)
                try node.namespace.ip("link del flannel.1")
                try await lab.waitConverged(backend: .vxlan)
                #expect(try node.stop() == .exited(0))
                let made = Set(try readText(trace).split(separator: "\n").compactMap(Self.call))
                #expect(made.contains("recvmmsg") || made.contains("recvmsg") || made.contains("recvfrom"), "\(made)")
                #expect(made.subtracting(allowed).subtracting([refused]) == [])
            }
        }

        /// The name in a line of strace's: a process id, then `name(arguments`.
        private static func call(_ line: Substring) -> String? {
            let words = line.split(separator: " ", maxSplits: 1)
            guard words.count == 2, let end = words[1].firstIndex(of: "(") else { return nil }
            let name = words[1][..<end].drop { $0 == " " }
            return !name.isEmpty && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? String(name) : nil
        }

        @Test(arguments: [("feltd.service", 25), ("felt-web.service", 15)])
        func `systemd rates the exposure of each unit low`(name: String, tenths: Int) throws {
            let run = try Command.run([
                "systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=\(tenths)",
                try SystemdUnit.path(name),
            ])
            #expect(run.succeeded, "\(run.report)")
        }
    }
}
