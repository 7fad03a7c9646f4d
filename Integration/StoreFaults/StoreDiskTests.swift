internal import FoundationEssentials
internal import Glibc
import Testing

extension Integration {
    /// A disk that is full, read-only, or exchanged under a running daemon.
    @Suite(.serialized) struct StoreDiskTests {
        /// The part of `leasectl status` that tells of the store.
        struct StoreStatus: Decodable {
            struct Store: Decodable {
                var writes: UInt64
                var problem: String?
            }

            var store: Store
        }

        private func store(of node: Node) throws -> StoreStatus.Store {
            let command = try node.leasectl.run(["-o", "json", "status"])
            return try JSONDecoder().decode(StoreStatus.self, from: Data(command.output.utf8)).store
        }

        /// A state directory on a small file system of its own, gone afterwards.
        private func withDisk(
            _ node: Node, size: String, _ body: () async throws -> Void
        ) async throws {
            try makeFolder(node.stateFolder)
            try Command.mustRun(["mount", "-t", "tmpfs", "-o", "size=\(size),mode=700", "felt-disk", node.stateFolder])
            defer { umount2(node.stateFolder, Int32(MNT_DETACH)) }
            try await body()
        }

        /// `ip netns exec` gives each process mounts of its own: those of a running feltd are changed too.
        private func remount(_ node: Node, _ options: String) throws {
            let mount = ["mount", "-o", "remount,\(options)", node.stateFolder]
            try Command.mustRun(mount)
            if let pid = node.daemon?.pid { try Command.mustRun(["nsenter", "--target", "\(pid)", "--mount"] + mount) }
        }

        private func fill(_ node: Node) throws {
            try Command.mustRun(["sh", "-c", "cat /dev/zero > \(node.stateFolder)/filler 2> /dev/null || true"])
        }

        /// What makes the running disk refuse writes, and what ends it.
        enum Trouble: CaseIterable {
            case full
            case readOnly
        }

        private func begin(_ trouble: Trouble, _ node: Node) throws {
            switch trouble {
            case .full: try fill(node)
            case .readOnly: try remount(node, "ro")
            }
        }

        private func end(_ trouble: Trouble, _ node: Node) throws {
            switch trouble {
            case .full: unlink("\(node.stateFolder)/filler")
            case .readOnly: try remount(node, "rw")
            }
        }

        /// Ends feltd as a power cut would and starts it on a disk that takes no writes, until it says so.
        private func restart(_ node: Node, in trouble: Trouble) async throws {
            try node.stop(SIGKILL)
            unlink("\(node.stateFolder)/felt.db-shm")
            try begin(trouble, node)
            try node.start()
            try await waitUntil("the status tells of the disk") {
                try store(of: node).problem == nil ? "no problem" : nil
            }
        }

        @Test func `on a disk that fills up feltd routes on, says so, and recovers by itself`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let victim = lab.nodes[0]
                try await withDisk(victim, size: "256k") {
                    for node in lab.nodes.prefix(2) { try node.start() }
                    for node in lab.nodes.prefix(2) { try await node.waitReady() }
                    try begin(.full, victim)
                    // A third node comes: the victim must store it, and cannot.
                    try lab.nodes[2].start()
                    try await waitUntil("the status tells of the disk") {
                        let problem = try store(of: victim).problem
                        return problem?.contains("no space") == true ? nil : "\(problem ?? "nothing")"
                    }
                    try await lab.waitConverged(backend: .vxlan)
                    #expect(try victim.leasectl.run(["status"]).status == .exited(5))
                    let writes = try store(of: victim).writes
                    try end(.full, victim)
                    try await waitUntil("the store has recovered") { try store(of: victim).problem }
                    #expect(try store(of: victim).writes > writes)
                    try victim.stop(SIGKILL)
                    #expect(try victim.leasectl.list().count == 3)
                }
            }
        }

        @Test(arguments: [(EIO, "input/output error"), (EROFS, "input/output error"), (ENOSPC, "no space")])
        func `while the disk answers with errors feltd routes on, says which, and recovers`(
            code: Int32, words: String
        ) async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let victim = lab.nodes[0]
                let errors = "\(victim.folder)/error"
                try makeFolder(victim.stateFolder)
                victim.options.environment = try FaultLibrary(in: lab.folder)
                    .environment(watching: victim.stateFolder, failingAs: errors)
                for node in lab.nodes.prefix(2) { try node.start() }
                for node in lab.nodes.prefix(2) { try await node.waitReady() }
                try writeText("\(code)\n", to: errors)
                try lab.nodes[2].start()
                try await waitUntil("the status tells of the disk") {
                    let problem = try store(of: victim).problem
                    return problem?.contains(words) == true ? nil : "\(problem ?? "nothing")"
                }
                try await lab.waitConverged(backend: .vxlan)
                unlink(errors)
                try await waitUntil("the store has recovered") { try store(of: victim).problem }
                try victim.stop(SIGKILL)
                #expect(try victim.leasectl.list().count == 3)
                #expect(try victim.leasectl.run(["db", "check"]).succeeded)
            }
        }

        @Test(arguments: Trouble.allCases)
        func `a start on a disk that takes no writes waits, keeps the routes, and goes on`(trouble: Trouble)
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                let victim = lab.nodes[0]
                try await withDisk(victim, size: "512k") {
                    for node in lab.nodes { try node.start() }
                    for node in lab.nodes { try await node.waitReady() }
                    try await lab.waitConverged(backend: .vxlan)
                    let lease = try victim.leasectl.status().lease
                    let routes = try KernelState(observing: victim)
                    try await restart(victim, in: trouble)
                    try await Task.sleep(for: .seconds(2))
                    #expect(try !victim.leasectl.status().ready)
                    #expect(routes.difference(to: try KernelState(observing: victim)) == nil)
                    try end(trouble, victim)
                    try await victim.waitReady()
                    try await lab.waitConverged(backend: .vxlan)
                    #expect(try victim.leasectl.status().lease == lease)
                    #expect(try store(of: victim).problem == nil)
                    #expect(try victim.leasectl.run(["db", "check"]).succeeded)
                }
            }
        }

        @Test func `a machine that moves while its disk takes no writes is found where it is`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                let victim = lab.nodes[0]
                try await withDisk(victim, size: "512k") {
                    for node in lab.nodes { try node.start() }
                    for node in lab.nodes { try await node.waitReady() }
                    try await restart(victim, in: .readOnly)
                    try victim.changeAddress(to: "192.168.50.77")
                    try await waitUntil("it has seen the new address") {
                        victim.log.contains("the underlay is now eth0 192.168.50.77") ? nil : victim.log
                    }
                    try end(.readOnly, victim)
                    try await victim.waitReady()
                    try await waitUntil("the other has heard of it") {
                        let lease = try lab.nodes[1].leasectl.list().first { $0.node == victim.name }
                        return lease?.publicIP == "192.168.50.77" ? nil : "\(lease?.publicIP ?? "no lease")"
                    }
                    for node in lab.nodes { try node.addPod() }
                    try await waitUntil("packets go there") {
                        let silent = try lab.pingMatrix()
                        return silent.isEmpty ? nil : "\(silent)"
                    }
                }
            }
        }

        @Test(arguments: [
            "rm felt.db felt.db-wal felt.db-shm", "mv felt.db gone && cp ../old/felt.db felt.db",
            "cp felt.db new && mv new felt.db",
        ])
        func `a database that is exchanged under a running feltd is written anew`(exchange: String) async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let victim = lab.nodes[0]
                for node in lab.nodes.prefix(2) { try node.start() }
                for node in lab.nodes.prefix(2) { try await node.waitReady() }
                try makeFolder("\(victim.folder)/old")
                #expect(try victim.leasectl.run(["backup", "\(victim.folder)/old/felt.db"]).succeeded)
                let lease = try victim.leasectl.status().lease
                try Command.mustRun(["sh", "-c", "cd \(victim.stateFolder) && \(exchange)"])
                try lab.nodes[2].start()
                try await waitUntil("feltd has noticed") { victim.log.contains("store-replaced") ? nil : victim.log }
                try await lab.waitConverged(backend: .vxlan)
                try await waitUntil("the new database has all of it") {
                    let report = try victim.leasectl.run(["-o", "json", "db", "check"])
                    return report.succeeded && report.output.contains("\"records\": 3") ? nil : report.report
                }
                try victim.stop(SIGKILL)
                try victim.start()
                try await victim.waitReady()
                #expect(try victim.leasectl.status().lease == lease)
                try await lab.waitConverged(backend: .vxlan)
            }
        }
    }
}
