internal import Glibc
import Testing

extension Integration {
    /// The database and the identity, damaged, lost or exchanged while feltd is down.
    @Suite(.serialized) struct StoreFileTests {
        /// What happens to felt.db and its log between two runs.
        enum Damage: String, CaseIterable {
            case truncated = "truncate -s 3000 felt.db && rm -f felt.db-wal"
            case emptied = ": > felt.db && rm -f felt.db-wal"
            case zeroed = "dd if=/dev/zero of=felt.db bs=4096 count=8 conv=notrunc status=none && rm -f felt.db-wal"
            case zeroedBehindItsLog = "dd if=/dev/zero of=felt.db bs=4096 count=8 conv=notrunc status=none"
            case scribbledOn = """
                rm -f felt.db-wal && yes scribble | dd of=felt.db bs=1024 seek=5 count=18 conv=notrunc status=none
                """
            case deleted = "rm -f felt.db felt.db-wal felt.db-shm"
            case logAlone = "rm -f felt.db"
        }

        @Test(arguments: Damage.allCases)
        func `a node whose database is damaged gets its claim and its peers back`(damage: Damage) async throws {
            try await Lab.with(nodes: 3) { lab in
                // Only the first knows where others are: after its loss the second knows nobody.
                lab.configure { $0.keyFile = nil }
                lab.nodes[0].options.join = []
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                let token = try lab.nodes[0].leasectl.run(["token"]).lines
                for node in lab.nodes.dropFirst() {
                    node.options.join = token
                    try node.start()
                    try await node.waitReady()
                }
                try await lab.waitConverged(backend: .vxlan)
                let victim = lab.nodes[1]
                let before = try victim.leasectl.status()
                let leases = try victim.leasectl.list()
                try victim.stop(SIGKILL)
                victim.options.join = []
                try Command.mustRun(["sh", "-c", "cd \(victim.stateFolder) && \(damage.rawValue)"])
                try victim.start()
                try await victim.waitReady()
                try await waitUntil("the others are known again") {
                    let now = try victim.leasectl.list()
                    return Set(now.map(\.subnet)) == Set(leases.map(\.subnet)) ? nil : "\(now)"
                }
                try await lab.waitConverged(backend: .vxlan)
                let after = try victim.leasectl.status()
                #expect(after.nodeID == before.nodeID && after.lease == before.lease && after.cluster == before.cluster)
                #expect(try victim.leasectl.run(["db", "check"]).succeeded)
                guard damage != .deleted else { return }
                let kept = folderNames(victim.stateFolder).first { $0.hasPrefix("felt.db.corrupt-") }
                #expect(kept != nil, "\(folderNames(victim.stateFolder))")
                #expect(victim.log.contains("store-set-aside"))
            }
        }

        @Test func `an older copy of the database is no way back to old numbers or an old subnet`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let victim = lab.nodes[1]
                let first = try #require(try lab.nodes[0].leasectl.list().first { $0.node == "n2" })
                try victim.stop()
                try Command.mustRun(["cp", "-a", victim.stateFolder, "\(victim.folder)/old"])
                victim.options.extra = ["--subnet", "10.244.77.0/24"]
                try victim.start()
                try await victim.waitReady()
                try await waitUntil("the pinned subnet is held, and the peer knows") {
                    let seen = try lab.nodes[0].leasectl.list().filter { $0.node == "n2" }
                    return seen.map { "\($0.subnet)" } == ["10.244.77.0/24"] ? nil : "\(seen)"
                }
                try victim.stop()
                let heard = try #require(try lab.nodes[0].leasectl.list().first { $0.node == "n2" })
                #expect(heard.subnet == "10.244.77.0/24" && heard.nodeID == first.nodeID)
                victim.options.extra = []
                try Command.mustRun([
                    "sh", "-c", "cp \(victim.folder)/old/felt.db* \(victim.stateFolder)/",
                ])
                try victim.start()
                try await victim.waitReady()
                try await waitUntil("the peer has the node's newest record") {
                    let leases = try lab.nodes[0].leasectl.list().filter { $0.node == "n2" }
                    return leases.count == 1 && leases[0].seq > heard.seq && leases[0].subnet == heard.subnet
                        ? nil : "\(leases), and \(heard) was before"
                }
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `another node's database is not this one's: both keep their subnets`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let before = try lab.nodes.map { try $0.leasectl.status() }
                try lab.nodes[1].stop()
                try Command.mustRun(["sh", "-c", "rm \(lab.nodes[1].stateFolder)/felt.db*"])
                #expect(try lab.nodes[0].leasectl.run(["backup", "\(lab.nodes[1].stateFolder)/felt.db"]).succeeded)
                try lab.nodes[1].start()
                try await lab.nodes[1].waitReady()
                try await lab.waitConverged(backend: .vxlan)
                let after = try lab.nodes.map { try $0.leasectl.status() }
                #expect(after.map(\.nodeID) == before.map(\.nodeID) && after.map(\.lease) == before.map(\.lease))
                #expect(lab.nodes[1].log.contains("store-of-another-node"))
            }
        }

        @Test(arguments: ["rm identity", "truncate -s 40 identity", "echo rubbish > identity"])
        func `a lost or damaged identity is replaced loudly and its old claim stays`(damage: String) async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let victim = lab.nodes[1]
                let before = try victim.leasectl.status()
                try victim.stop()
                try Command.mustRun(["sh", "-c", "cd \(victim.stateFolder) && \(damage)"])
                try victim.start()
                try await victim.waitReady()
                let after = try victim.leasectl.status()
                #expect(after.nodeID != before.nodeID && after.lease != before.lease)
                try await waitUntil("both nodes know both claims") {
                    for node in lab.nodes {
                        let leases = try node.leasectl.list()
                        let old = leases.first { $0.nodeID == before.nodeID }
                        guard leases.count == 3, old?.subnet == before.lease, old?.liveness != "alive" else {
                            return "\(node.name): \(leases)"
                        }
                    }
                    return nil
                }
                #expect(victim.log.contains("identity-lost") || victim.log.contains("identity-damaged"))
            }
        }

        @Test func `a second feltd on one state directory and a newer schema are refused with what to do`() async throws
        {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                try node.start()
                try await node.waitReady()
                let second = try node.runFeltd(node.feltdArguments + ["--bind", "0.0.0.0:9000"])
                #expect(second.status == .exited(1))
                for word in ["in use", "pid \(node.daemon?.pid ?? 0)", "--state-dir"] {
                    #expect(second.errors.contains(word), "\(second.report)")
                }
                #expect(try node.leasectl.status().ready)
                try node.stop()
                try Database(path: "\(node.stateFolder)/felt.db").run("PRAGMA user_version = 999")
                let newer = try node.runFeltd(node.feltdArguments)
                #expect(newer.status == .exited(1))
                for word in ["999", "newer release"] { #expect(newer.errors.contains(word), "\(newer.report)") }
                let list = try node.leasectl.run(["list"])
                #expect(list.status != .exited(0) && list.errors.contains("newer release"), "\(list.report)")
            }
        }
    }
}
