internal import Addressing
internal import Glibc
import Testing

extension Integration {
    /// backup, export, import and db check on real databases, with feltd up and down.
    @Suite(.serialized) struct StoreCommandTests {
        /// The peers' records are written lazily, some seconds after they came.
        private func waitUntilStored(_ records: Int, _ node: Node) async throws {
            try await waitUntil("\(node.name) has stored \(records) records") {
                let report = try node.leasectl.run(["-o", "json", "db", "check"])
                return report.succeeded && report.output.contains("\"records\": \(records)") ? nil : report.report
            }
        }

        @Test func `a backup is whole while feltd runs, has no key, and restores the peers`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                try await waitUntilStored(2, node)
                let copy = "\(node.folder)/copy/felt.db"
                try makeFolder("\(node.folder)/copy")
                #expect(try node.leasectl.run(["backup", "--dry-run", copy]).succeeded && !fileExists(copy))
                #expect(try node.leasectl.run(["backup", copy]).succeeded)
                #expect(try node.leasectl.run(["backup", copy]).status == .exited(5), "never over another file")
                let restored = Leasectl(socket: "/nonexistent", database: copy)
                #expect(try restored.list().map(\.subnet) == node.leasectl.list().map(\.subnet))
                #expect(try restored.run(["db", "check"]).succeeded)
                #expect(try Command.mustRun(["sqlite3", copy, "SELECT count(*) FROM keys"]).lines == ["0"])
                let refused = try node.leasectl.run(["import", copy])
                #expect(refused.status == .exited(64) && refused.errors.contains(copy), "\(refused.report)")
            }
        }

        @Test func `what one cluster's node exports another's imports, and a changed record is refused`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let (source, target) = (lab.nodes[0], lab.nodes[1])
                try await waitUntilStored(2, source)
                let document = "\(source.folder)/export.json"
                #expect(try source.leasectl.run(["export", document]).succeeded)
                #expect(try target.leasectl.run(["import", document]).status == .exited(5), "feltd runs")
                let subnets = try target.leasectl.list().map(\.subnet)
                try target.stop()
                try Command.mustRun(["sh", "-c", "rm \(target.stateFolder)/felt.db*"])
                let plan = try target.leasectl.run(["import", "--dry-run", document])
                #expect(plan.succeeded && plan.output.contains("would take"), "\(plan.report)")
                #expect(!fileExists("\(target.stateFolder)/felt.db"))
                #expect(try target.leasectl.run(["import", document]).succeeded)
                let again = try target.leasectl.run(["import", document])
                #expect(again.succeeded && again.output.contains("nothing to do"), "\(again.report)")
                #expect(Set(try target.leasectl.list().map(\.subnet)).isSubset(of: subnets))
                let text = try readText(document)
                try writeText(String(text.map { $0 == "A" ? "B" : $0 }), to: "\(source.folder)/bad.json")
                let bad = try target.leasectl.run(["import", "\(source.folder)/bad.json"])
                #expect(bad.status == .exited(64) && bad.errors.contains("records[0]"), "\(bad.report)")
                try target.start()
                try await target.waitReady()
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `nodes move from flannel one at a time and keep their subnets`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let document = "\(lab.folder)/etcd"
                try writeText(
                    """
                    /coreos.com/network/config
                    { "Network": "10.9.0.0/16",
                      "Backend": {"Type": "vxlan", "VNI": 7} }
                    /coreos.com/network/subnets/10.9.41.0-24
                    {"PublicIP":"192.168.50.1","PublicIPv6":null,"BackendType":"vxlan","BackendData":\
                    {"VNI":7,"VtepMAC":"c6:00:00:00:00:01"}}
                    /coreos.com/network/subnets/10.9.42.0-24
                    {"PublicIP":"192.168.50.2","PublicIPv6":null,"BackendType":"vxlan","BackendData":\
                    {"VNI":7,"VtepMAC":"c6:00:00:00:00:02"}}

                    """, to: document)
                lab.configure { options in
                    options.network = nil
                    options.backend = nil
                }
                for (node, subnet) in zip(lab.nodes, ["10.9.41.0/24", "10.9.42.0/24"]) {
                    let leasectl = try node.namespace.inside(node.leasectl.base)
                    let taken = try Command.run(leasectl + ["import", "--format", "flannel-etcd", document])
                    #expect(taken.succeeded && taken.output.contains("pin \(subnet)"), "\(taken.report)")
                    try node.start()
                    try await node.waitReady()
                    #expect(try node.leasectl.status().lease == subnet)
                    let mac = try KernelState.linkAddress("flannel.7", in: node.namespace)
                    #expect(mac == "c6:00:00:00:00:0\(node.index)")
                }
                try await lab.waitConverged(backend: .vxlan, device: "flannel.7")
                #expect(try lab.nodes[0].leasectl.list().allSatisfy { $0.class == "static" })
                try await waitUntilStored(2, lab.nodes[0])
                let back = try lab.nodes[0].leasectl.run(["export", "--format", "flannel-etcd"]).lines
                #expect(
                    back.contains("/coreos.com/network/subnets/10.9.42.0-24")
                        && back.contains(
                            #"{"PublicIP":"192.168.50.2","PublicIPv6":null,"BackendType":"vxlan","BackendData":"#
                                + #"{"VNI":7,"VtepMAC":"c6:00:00:00:00:02"}}"#),
                    "\(back)")
                try lab.nodes[0].stop()
                let stranger = try lab.nodes[0].leasectl.run([
                    "import", "--format", "flannel-etcd", "--public-ip", "192.168.50.9", "--dry-run", document,
                ])
                #expect(stranger.status == .exited(4) && stranger.errors.contains("192.168.50.2"), "\(stranger.report)")
            }
        }
    }
}
