internal import Glibc
import Testing

extension Integration {
    /// A feltd that goes and comes touches nothing that works.
    @Suite(.serialized) struct HitlessTests {
        enum Restart: CaseIterable {
            case afterSIGTERM
            case afterSIGKILL
            /// The binary was replaced by another build of it while it ran.
            case upgrade
        }

        @Test(arguments: Restart.allCases, Backend.allCases)
        func `a restart loses no packet and sends no changing message`(restart: Restart, backend: Backend)
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: backend)
                try await withoutLoss(lab) { node in try await self.restart(node, by: restart, in: lab) }
                try await lab.waitConverged(backend: backend)
            }
        }

        @Test func `a restart with a thousand peers in the store loses no packet and sends no changing message`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure { $0.network = "10.244.0.0/14" }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                // The cache of peers is written some time after they were met.
                for node in lab.nodes { try node.stop() }
                try lab.nodes[1].rememberPeers(1_000)
                for node in lab.nodes { try node.start() }
                for node in lab.nodes {
                    try await waitUntil("\(node.name) has entries for 1,002 peers") {
                        let dataplane = try node.leasectl.status().dataplane
                        return dataplane.inSync && dataplane.desired == 3 * 1_002 + 2 ? nil : "\(dataplane)"
                    }
                }
                for way in [Restart.afterSIGTERM, .afterSIGKILL] {
                    try await withoutLoss(lab) { node in try await self.restart(node, by: way, in: lab) }
                }
            }
        }

        @Test func `with ip-masq a restart leaves the traffic rules alone as well`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure { $0.extra = ["--ip-masq"] }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                let node = lab.nodes[1]
                let put = "the traffic rules have been put in place"
                try await waitUntil("the rules are there") { node.log.contains(put) ? nil : "nothing in the log" }
                for way in Restart.allCases {
                    let rules = try trafficRules(of: node)
                    let before = node.log.ranges(of: put).count
                    try await withoutLoss(lab) { node in try await self.restart(node, by: way, in: lab) }
                    #expect(try trafficRules(of: node) == rules)
                    // What it puts back now is all that it has put since it started.
                    try node.namespace.run("nft", "flush", "ruleset")
                    try await waitUntil("the rules are back") {
                        let count = node.log.ranges(of: put).count
                        return count > before ? nil : "put \(count) times, \(before) of them before the restart"
                    }
                    #expect(node.log.ranges(of: put).count == before + 1)
                }
            }
        }

        /// With the handles by which the kernel tells a rule from another that says the same.
        private func trafficRules(of node: Node) throws -> String {
            try Command.mustRun(node.namespace.inside(["nft", "-a", "list", "table", "ip", "felt"])).output
        }

        /// Restarts the second node while pods of the others ping each other past it, and its own and theirs each other.
        private func withoutLoss(_ lab: Lab, _ restart: (Node) async throws -> Void) async throws {
            let node = lab.nodes[1]
            let pods = try lab.nodes.map { try $0.pods.first ?? $0.addPod() }
            try await waitUntil("every pod reaches every other") {
                let failures = try lab.pingMatrix()
                return failures.isEmpty ? nil : failures.joined(separator: "\n")
            }
            let monitor = try await KernelMonitor(on: node)
            let before = try KernelState(observing: node)
            let heard = try await monitor.changes().count
            let pairs = [(0, 2), (0, 1), (1, 2), (2, 1)]
            let streams = try pairs.map { from, to in
                try PingStream(
                    from: pods[from], to: pods[to], interval: "0.01",
                    log: "\(lab.folder)/ping-\(from)-\(to)-\(UInt32.random(in: 0 ... .max))")
            }
            for stream in streams { try await stream.flow() }

            try await restart(node)
            try await node.waitReady()
            try await waitUntil("\(node.name) is in sync") {
                let dataplane = try node.leasectl.status().dataplane
                return dataplane.inSync ? nil : "\(dataplane)"
            }
            // Whatever it has to say to its peers and hears from them is said and heard.
            for stream in streams { try await stream.flow() }

            for (stream, (from, to)) in zip(streams, pairs) {
                let lost = try await stream.finish()
                print("ping past a restart, \(from) to \(to): \(stream.answeredCount) answered, \(lost.count) lost")
                #expect(lost == [], "lost on the way to \(stream.target)")
            }
            #expect(try node.leasectl.status().dataplane.changes == 0)
            #expect(Array(try await monitor.changes().dropFirst(heard)) == [])
            #expect(try before.difference(to: KernelState(observing: node)) == nil)
        }

        private func restart(_ node: Node, by way: Restart, in lab: Lab) async throws {
            switch way {
            case .afterSIGTERM: #expect(try node.stop() == .exited(0))
            case .afterSIGKILL: #expect(try node.stop(SIGKILL) == .signalled(SIGKILL))
            case .upgrade:
                // Under the path of the one that runs, as a package manager puts it there.
                let path = "\(lab.folder)/feltd"
                try Command.mustRun(["cp", try Binaries.path("feltd"), path])
                try node.stop()
                node.program = path
                try node.start()
                try await node.waitReady()
                // Another file with other bytes, and the same program: what lies behind an ELF file's end is not read.
                try Command.mustRun(["sh", "-c", "cp \(path) \(path).new && echo rebuilt >> \(path).new"])
                try Command.mustRun(["mv", "\(path).new", path])
                #expect(try node.stop() == .exited(0))
            }
            try node.start()
        }
    }
}
