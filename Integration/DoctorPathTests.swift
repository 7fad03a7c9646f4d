internal import ControlAPI
internal import Glibc
import TestSupport
import Testing

extension Integration {
    /// The ways to the peers, told apart: machine, gossip port, VXLAN port, MTU, one direction; and what the cluster shows.
    @Suite(.serialized) struct DoctorPathTests {
        /// Drops what an nft condition says, on its way into a node.
        private static func drop(_ condition: String, on node: Node) throws {
            try node.namespace.run(
                "nft", "table inet broken { chain i { type filter hook input priority 0; \(condition) drop; }; }")
        }

        @Test func `a VXLAN port that is blocked, and one on which nobody listens`() async throws {
            try await DoctorTests.withCluster { lab in
                let (node, peer) = (lab.nodes[0], lab.nodes[1])
                try Self.drop("udp dport 8472", on: peer)
                let blocked = try node.doctor()
                #expect(blocked.ids == ["vxlan-blocked"] && blocked.findings[0].subject == "n2", "\(blocked)")
                #expect(blocked.findings[0].what.contains("8472"), "\(blocked)")
                try peer.stop(SIGKILL)
                try peer.namespace.run("nft", "flush", "ruleset")
                try peer.namespace.ip("link del flannel.1")
                let closed = try node.doctor()
                #expect(closed.ids.contains("vxlan-closed"), "\(closed)")
            }
        }

        @Test func `a gossip port that is blocked, a daemon that is down, and a machine that is off`() async throws {
            try await DoctorTests.withCluster { lab in
                let (node, peer) = (lab.nodes[0], lab.nodes[1])
                try Self.drop("udp dport 8473", on: peer)
                try await Self.waitUnreachable(node)
                let blocked = try node.doctor()
                #expect(blocked.ids == ["gossip-blocked"] && blocked.findings[0].subject == "n2", "\(blocked)")
                // Before a word of it comes through again.
                try peer.stop(SIGKILL)
                try peer.namespace.run("nft", "flush", "ruleset")
                let down = try node.doctor()
                #expect(down.finding("peer-daemon-down")?.subject == "n2", "\(down)")
                try peer.namespace.ip("link set eth0 down")
                try await Self.waitUnreachable(node)
                let off = try node.doctor()
                #expect(off.finding("peer-unreachable")?.subject == "n2", "\(off)")
            }
        }

        @Test func `a machine to join that never answers, until it does`() async throws {
            try await DoctorTests.withCluster { lab in
                let (seed, node) = (lab.nodes[0], lab.nodes[1])
                try node.stop(SIGKILL)
                try node.wipe()
                node.options.join = [seed.address]
                // In both directions: the seed remembers who was here, and calls.
                try Self.drop("ip saddr \(node.address) udp dport 8473", on: seed)
                try Self.drop("ip saddr \(seed.address) udp dport 8473", on: node)
                try node.start()
                try await node.waitReady()
                let alone = try node.doctor()
                #expect(alone.finding("seeds-silent")?.what.contains(seed.address) == true, "\(alone)")
                for machine in [seed, node] { try machine.namespace.run("nft", "delete", "table", "inet", "broken") }
                try await waitUntil("\(node.name) hears its seed") {
                    let report = try node.doctor()
                    return report.finding("seeds-silent") == nil ? nil : "\(report)"
                }
            }
        }

        private static func waitUnreachable(_ node: Node) async throws {
            try await waitUntil("\(node.name) sees its peer unreachable") {
                let members = try node.leasectl.members()
                return members.contains { $0.liveness == "unreachable" } ? nil : "\(members)"
            }
        }

        @Test func `a path with a smaller MTU, and how large it is`() async throws {
            try await DoctorTests.withCluster { lab in
                // The switch swallows what is larger, and says nothing.
                try lab.fabric.ip("link set p-n2 mtu 1420")
                let report = try lab.nodes[0].doctor()
                #expect(report.ids == ["mtu-path"], "\(report)")
                #expect(report.findings[0].what.contains("1400 come through"), "\(report)")
                #expect(report.findings[0].fix.contains("--mtu 1350"), "\(report)")
            }
        }

        @Test func `a way that is lost in one direction only`() async throws {
            try await DoctorTests.withCluster(nodes: 4) { lab in
                let node = lab.nodes[0]
                try Self.drop("ip saddr 192.168.50.2 udp dport 8473", on: node)
                try await waitUntil("n2 was not heard for long", within: .seconds(120)) {
                    let report = try node.doctor()
                    return report.finding("one-way")?.subject == "n2" ? nil : "\(report)"
                }
                #expect(try node.leasectl.members().allSatisfy { $0.liveness == "alive" })
            }
        }

        @Test func `packets with a wrong checksum`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                try lab.nodes[1].namespace.entered {
                    let sender = try WrongChecksums(from: "192.168.50.2", to: "192.168.50.1", port: 8473)
                    for _ in 0..<200 { try sender.send() }
                }
                let report = try node.doctor()
                #expect(report.ids == ["checksum-errors"], "\(report)")
            }
        }

        @Test func `a pool that is nearly used up`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure {
                    $0.network = "10.244.0.0/24"
                    $0.extra = ["--subnet-len", "26", "--subnet-min", "10.244.0.64", "--subnet-max", "10.244.0.128"]
                }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                let report = try lab.nodes[0].doctor()
                #expect(report.ids == ["pool-full"], "\(report)")
            }
        }

        @Test func `a copied machine, and two of one name`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                // In the lab all nodes are one machine; two of them get a machine-id of their own each, the third the second's.
                for (index, node) in lab.nodes.enumerated() {
                    let path = "\(lab.folder)/machine-\(node.name)"
                    try writeText(String(repeating: "\(min(index, 1) + 1)", count: 32) + "\n", to: path, mode: 0o644)
                    node.bindMachineID = path
                }
                let renamed = "\(lab.folder)/renamed"
                try writeText(
                    "#!/bin/sh\nfor word; do shift; [ \"$word\" = n3 ] && word=n2; set -- \"$@\" \"$word\"; done\n"
                        + "exec \(try Binaries.path("feltd")) \"$@\"\n", to: renamed, mode: 0o755)
                lab.nodes[2].program = renamed
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await waitUntil("the copies are seen") {
                    let report = try lab.nodes[0].doctor()
                    return report.ids.contains("clone-name") && report.ids.contains("clone-fingerprint")
                        ? nil : "\(report)"
                }
                let report = try lab.nodes[0].doctor()
                #expect(report.finding("clone-name")?.subject == "n2", "\(report)")
                #expect(report.finding("clone-fingerprint")?.what.hasPrefix("2 nodes") == true, "\(report)")
            }
        }

        @Test func `a database that is damaged, gone, or written all the time`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let script =
                    "for i in $(seq 200); do \(try node.leasectl.base.joined(separator: " ")) reserve self 10.244.$i.0/24; "
                    + "done >/dev/null 2>&1"
                let busy = try BackgroundProcess(
                    node.namespace.inside(["sh", "-c", script]), log: "\(lab.folder)/busy")
                #expect(try node.doctor().ids.contains("store-busy"))
                try busy.stop(SIGKILL)
                try node.stop()
                let database = "\(node.stateFolder)/felt.db"
                let damage =
                    "sqlite3 \(database) 'PRAGMA wal_checkpoint(TRUNCATE)' && "
                    + "head -c 8192 /dev/urandom | dd of=\(database) bs=4096 seek=1 conv=notrunc 2>&1"
                try Command.mustRun(["sh", "-c", damage])
                let damaged = try node.doctor()
                #expect(
                    damaged.finding("store-damaged") != nil || damaged.finding("store-unreadable") != nil, "\(damaged)")
                try Command.mustRun(["sh", "-c", "rm -f \(database)*"])
                let gone = try node.doctor()
                #expect(gone.finding("store-unreadable")?.what.contains("felt.db") == true, "\(gone)")
            }
        }

        @Test func `a disk that takes no writes`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                let node = lab.nodes[0]
                let errors = "\(lab.folder)/error"
                try makeFolder(node.stateFolder)
                node.options.environment = try FaultLibrary(in: lab.folder)
                    .environment(watching: node.stateFolder, failingAs: errors)
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try writeText("\(ENOSPC)\n", to: errors)
                var subnet = 90
                try await waitUntil("a write fails, and doctor says so") {
                    subnet = subnet % 99 + 1
                    _ = try node.leasectl.run(["reserve", "self", "10.244.\(subnet).0/24"])
                    let report = try node.doctor()
                    return report.finding("store-unwritable") == nil ? "\(report)" : nil
                }
            }
        }

        @Test func `nodes of different releases`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let list = try node.leasectl.run(["-o", "jsonl", "list"]).output
                let members = try node.leasectl.run(["-o", "json", "members"]).output.replacing("\n", with: "")
                let status = try node.leasectl.run(["-o", "jsonl", "status"]).output.replacing("\n", with: "")
                // What the daemon says, but for the release of one member.
                let mark = "\"version\": \""
                let start = try #require(members.firstRange(of: mark)).upperBound
                let end = try #require(members[start...].firstIndex(of: "\""))
                let other = members[..<start] + "0.0.1" + members[end...]
                let leases = list.split(separator: "\n").joined(separator: ",")
                let feltd = try FakeFeltd([
                    "status": [#""result":\#(status)"#], "list": [#""result":[\#(leases)]"#],
                    "members": [#""result":\#(other)"#],
                    "dataplane": [#""error":{"code":"unavailable","message":"not now"}"#],
                ])
                let command = try Command.run(
                    node.namespace.inside([
                        try Binaries.path("leasectl"), "--socket", feltd.path, "doctor", "-o", "json", "--root",
                        node.folder,
                    ]))
                #expect(command.status == .exited(5) && command.output.contains("versions-differ"), "\(command.report)")
                #expect(command.output.contains("0.0.1 on"), "\(command.report)")
            }
        }
    }
}
