internal import Addressing
internal import Glibc
import Testing

extension Integration {
    /// What operators do to leases, and who a node is after things happened to its disk.
    @Suite(.serialized) struct LeaseOperationTests {
        private func lease(of node: Node, on witness: Node) throws -> Lease? {
            try witness.leasectl.list().first { $0.node == node.name }
        }

        /// Three subnets: 10.244.1.0/24 to 10.244.3.0/24.
        private func small(_ options: inout DaemonOptions) { options.network = "10.244.0.0/22" }

        private func free(_ lab: Lab) throws -> String {
            let held = try Set(lab.nodes[0].leasectl.list().map(\.subnet))
            return try #require((1...3).map { "10.244.\($0).0/24" }.first { !held.contains($0) })
        }

        private func status(_ node: Node, _ words: String...) throws -> ExitStatus {
            try node.leasectl.run(words).status
        }

        private func start(_ lab: Lab, _ count: Int) async throws {
            for node in lab.nodes.prefix(count) { try node.start() }
            for node in lab.nodes.prefix(count) { try await node.waitReady() }
            for node in lab.nodes.prefix(count) {
                try await waitUntil("\(node.name) knows \(count) confirmed leases") {
                    let leases = try node.leasectl.list()
                    return leases.count == count && leases.allSatisfy { $0.class != "tentative" } ? nil : "\(leases)"
                }
            }
        }

        @Test func `a node is pinned from another, moves, keeps the pin over a restart, and its pods are reached`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure(small)
                try await start(lab, 2)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                let wanted = try free(lab)
                let before = try two.subnetEnv().subnet
                let dry = try one.leasectl.run(["reserve", "n2", wanted, "--dry-run"])
                #expect(dry.succeeded && dry.output.contains(wanted) && dry.output.contains("would"))
                let done = try one.leasectl.run(["reserve", "n2", wanted, "--wait", "--timeout", "30"])
                #expect(done.succeeded, "\(done.report)")
                #expect(try lease(of: two, on: one)?.class == "static")
                try await waitUntil("subnet.env follows") {
                    "\(try two.subnetEnv().subnet)" == wanted ? nil : "\(try two.subnetEnv().subnet)"
                }
                try await lab.waitConverged(backend: .vxlan)
                #expect(two.log.contains("moved from \(before) to \(wanted)"))
                for node in lab.nodes { try node.addPod() }
                #expect(try lab.pingMatrix() == [])
                try two.stop()
                try two.start()
                try await two.waitReady()
                #expect(try lease(of: two, on: two)?.class == "static")
                let again = try one.leasectl.run(["reserve", "n2", wanted, "-o", "json"])
                #expect(again.succeeded && again.output.contains("unchanged"))
            }
        }

        @Test func `what cannot be done says why, by the exit statuses of the contract, and changes nothing`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure(small)
                try await start(lab, 3)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                let before = try one.leasectl.list().map { [$0.node, $0.subnet] }
                #expect(try status(one, "drain", "n2") == .exited(6))
                #expect(try status(one, "reserve", "nobody", "10.244.1.0/24") == .exited(4))
                #expect(try status(one, "reserve", "self", "10.99.1.0/24") == .exited(64))
                #expect(try status(one, "reserve", "self", "rubbish") == .exited(64))
                #expect(try status(one, "node", "forget", "n2") == .exited(5))
                #expect(try status(one, "node", "replace", "n2", "n3") == .exited(5))
                #expect(try status(one, "revoke", "10.244.0.0/24") == .exited(4))
                #expect(try status(one, "explain", "nobody") == .exited(4))
                // Another's subnet: the node waits, keeps what it has, and takes it once it is taken back.
                let wanted = try #require(try lease(of: two, on: one)).subnet
                let waiting = try one.leasectl.run(["reserve", "self", wanted, "--wait", "--timeout", "1"])
                #expect(waiting.status == .exited(124), "\(waiting.report)")
                #expect(try one.leasectl.list().map { [$0.node, $0.subnet] } == before)
                try two.stop()
                try await waitUntil("n2 has left") {
                    try lease(of: two, on: one)?.liveness == "left" ? nil : "still there"
                }
                #expect(try status(one, "reserve", "n2", "10.244.1.0/24") == .exited(5))
                #expect(try status(one, "revoke", wanted, "--wait") == .exited(0))
                try await waitUntil("the pinned subnet is taken") {
                    let mine = try lease(of: one, on: one)
                    return mine?.subnet == wanted && mine?.class == "static" ? nil : "\(String(describing: mine))"
                }
                try two.start()
                try await two.waitReady()
                #expect(try lease(of: two, on: one)?.subnet != wanted)
                let explained = try one.leasectl.run(["explain", wanted])
                #expect(explained.succeeded && explained.output.contains("n1"), "\(explained.report)")
            }
        }

        @Test func `a pod makes its node's claim USED, for good, and a restart does not undo it`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                try await start(lab, 2)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                #expect(try lease(of: one, on: two)?.class == "confirmed")
                try one.addPod()
                try await waitUntil("n1's claim is used") {
                    let seen = try lease(of: one, on: two)?.class
                    return seen == "used" ? nil : "\(seen ?? "none")"
                }
                #expect(one.log.contains("endpoint-attached"))
                #expect(try lease(of: two, on: two)?.class == "confirmed")
                try one.stop(SIGKILL)
                try one.namespace.ip("link del cni0")
                try one.start()
                try await one.waitReady()
                #expect(try lease(of: one, on: one)?.class == "used")
            }
        }

        @Test func `an observer holds nothing, is ready, and reaches all pods`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let observer = lab.nodes[2]
                observer.options.extra = ["--observer"]
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                let pod = try lab.nodes[0].addPod()
                #expect(try observer.leasectl.list().map(\.node).sorted() == ["n1", "n2"])
                #expect(!fileExists(observer.subnetFile))
                let state = try observer.leasectl.run(["status"])
                #expect(state.succeeded && state.output.contains("observer"), "\(state.report)")
                try await waitUntil("the observer reaches a pod") {
                    let ping = try Command.run(
                        observer.namespace.inside(["ping", "-n", "-c", "1", "-W", "2", pod.address]))
                    return ping.succeeded ? nil : ping.report
                }
                // Without the flag it takes part.
                try observer.stop()
                observer.options.extra = []
                try observer.start()
                try await observer.waitReady()
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test
        func `a released, a drained and a departed node do as told, and the journal tells it with the daemon down`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                try await start(lab, 2)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                let first = try two.subnetEnv().subnet
                #expect(try one.leasectl.run(["drain", "n2", "--wait", "--timeout", "30"]).succeeded)
                try await waitUntil("n2 has moved") { try two.subnetEnv().subnet == first ? "still \(first)" : nil }
                #expect(try one.leasectl.run(["release", "n2", "--wait", "--timeout", "30"]).succeeded)
                try await waitUntil("n2 hands out nothing") { fileExists(two.subnetFile) ? "subnet.env" : nil }
                try two.stop()
                try two.start()
                try await two.waitReady()
                #expect(try lease(of: two, on: two) == nil)
                #expect(try two.leasectl.run(["reserve", "self", "any", "--wait", "--timeout", "30"]).succeeded)
                try await waitUntil("n2 has a subnet again") { fileExists(two.subnetFile) ? nil : "subnet.env" }
                #expect(try two.leasectl.run(["leave", "--wait"]).succeeded)
                try await waitUntil("n2's lease is gone everywhere") {
                    try lease(of: two, on: one) == nil ? nil : "still there"
                }
                try two.stop()
                try await waitUntil("n2 has left") {
                    try one.leasectl.members().first { $0.node == "n2" }?.liveness == "left" ? nil : "still there"
                }
                #expect(try one.leasectl.run(["node", "forget", "n2"]).succeeded)
                #expect(try one.leasectl.members().map(\.node) == ["n1"])
                let events = try two.leasectl.run(["events"])
                #expect(events.succeeded && events.errors.contains("not running"), "\(events.report)")
                for word in ["claimed", "confirmed", "moved", "released"] {
                    #expect(events.output.contains(word), "\(word) is not in \(events.output)")
                }
            }
        }

        // MARK: Identity

        @Test func `a machine that was installed anew under the same name takes its predecessor's subnet when told`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                try await start(lab, 2)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                let subnet = try two.subnetEnv().subnet
                let identity = try two.leasectl.status().nodeID
                try two.stop(SIGKILL)
                try two.wipe()
                try two.namespace.ip("link del flannel.1")
                try await waitUntil("the old one is unreachable") {
                    try lease(of: two, on: one)?.liveness == "unreachable" ? nil : "still alive"
                }
                try two.start()
                try await two.waitReady()
                let fresh = try two.leasectl.status()
                #expect(fresh.nodeID != identity && fresh.lease != "\(subnet)")
                let replaced = try one.leasectl.run(["node", "replace", "n2", "n2", "--wait", "--timeout", "30"])
                #expect(replaced.succeeded, "\(replaced.report)")
                try await waitUntil("the new one has the subnet") {
                    try two.leasectl.status().lease == "\(subnet)" ? nil : "not yet"
                }
                #expect(try one.leasectl.members().count == 2)
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `an older copy of a node's database brings back nothing that it gave up since`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                try await start(lab, 2)
                let (one, two) = (lab.nodes[0], lab.nodes[1])
                let old = try two.subnetEnv().subnet
                try two.stop()
                try Command.mustRun(["cp", "-a", two.stateFolder, "\(two.folder)/copy"])
                try two.start()
                try await two.waitReady()
                #expect(try two.leasectl.run(["drain", "--wait", "--timeout", "30"]).succeeded)
                try await waitUntil("n2 has moved") { try two.subnetEnv().subnet == old ? "still \(old)" : nil }
                let now = try two.subnetEnv().subnet
                try await waitUntil("n1 knows") {
                    try lease(of: two, on: one)?.subnet == "\(now)" ? nil : "not yet"
                }
                try two.stop()
                try Command.mustRun(["rm", "-rf", two.stateFolder])
                try Command.mustRun(["cp", "-a", "\(two.folder)/copy", two.stateFolder])
                try two.start()
                try await two.waitReady()
                try await waitUntil("n2 holds what it held last") {
                    try two.leasectl.status().lease == "\(now)" ? nil : "\(try two.leasectl.status().lease ?? "none")"
                }
                try await lab.waitConverged(backend: .vxlan)
            }
        }
    }
}
