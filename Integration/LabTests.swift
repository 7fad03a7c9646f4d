internal import Glibc
import Testing

extension Integration {
    /// The instruments themselves, on kernel state that is made by hand: what they call right is right, and what is wrong
    /// they see.
    @Suite(.serialized) struct LabTests {
        @Test(arguments: Backend.allCases)
        func `state made by hand as flannel's passes for right, and its pods reach each other`(
            backend: Backend
        ) async throws {
            try await Lab.with(nodes: 3) { lab in
                try lab.buildByHand(backend: backend)
                try await lab.waitConverged(backend: backend)
                for node in lab.nodes { try node.addPod() }
                try lab.nodes[0].addPod()
                #expect(try lab.pingMatrix() == [])
                guard backend == .vxlan else { return }
                for node in lab.nodes {
                    let mac = try KernelState.linkAddress("flannel.1", in: node.namespace)
                    let observed = try OverlayDevice.observed("flannel.1", in: node.namespace)
                    #expect(observed == OverlayDevice.groundTruth(mac: mac, local: node.address))
                }
            }
        }

        @Test(arguments: [
            ("route del 10.244.2.0/24", "routes"),
            ("route add 10.244.9.0/24 via 192.168.50.2 proto 70", "routes"),
            ("neigh change 10.244.2.0 lladdr 02:00:00:00:00:99 dev flannel.1 nud permanent", "neighbours"),
            ("addr add 10.244.9.0/32 dev flannel.1", "addresses"),
            ("link del flannel.1", "forwarding"),
        ])
        func `one wrong entry is seen`(damage: String, part: String) async throws {
            try await Lab.with(nodes: 2) { lab in
                try lab.buildByHand(backend: .vxlan)
                let node = lab.nodes[0]
                let expected = try KernelState(expectedOn: node, peers: [lab.nodes[1]], backend: .vxlan)
                #expect(try expected.difference(to: KernelState(observing: node)) == nil)
                try node.namespace.ip(damage)
                let difference = try expected.difference(to: KernelState(observing: node))
                #expect(difference?.contains("\(part):") == true, "\(difference ?? "none")")
            }
        }

        @Test func `a cut loses packets, and healing ends the loss`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try lab.buildByHand(backend: .vxlan)
                let pods = try lab.nodes.map { try $0.addPod() }
                let ping = try PingStream(from: pods[0], to: pods[1], log: "\(lab.folder)/ping")
                try await ping.flow()
                try lab.partition([lab.nodes[0]], [lab.nodes[1]])
                #expect(try pods[0].ping(pods[1], limit: 1).status == .exited(1))
                try lab.heal()
                #expect(try await !ping.finish().isEmpty)
                let after = try PingStream(from: pods[0], to: pods[1], log: "\(lab.folder)/ping-after")
                #expect(try await after.finish() == [])
            }
        }

        @Test func `the monitor hears what changes the overlay, and only that`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try lab.buildByHand(backend: .vxlan)
                let space = lab.nodes[0].namespace
                let monitor = try await KernelMonitor(on: lab.nodes[0])
                try space.ip("link add other type bridge")
                #expect(try await monitor.changes() == [])
                for change in [
                    "route change 10.244.2.0/24 via 10.244.2.0 dev flannel.1 proto 70 mtu 1400 onlink",
                    "neigh change 10.244.2.0 lladdr 02:00:00:00:00:99 dev flannel.1 nud permanent",
                    "addr add 10.244.9.0/32 dev flannel.1", "link set flannel.1 down",
                ] {
                    let before = try await monitor.changes()
                    try space.ip(change)
                    let after = try await monitor.changes()
                    #expect(after.count > before.count, "after \(change): \(after)")
                }
                let before = try await monitor.changes()
                try space.bridge("fdb add 02:00:00:00:00:99 dev flannel.1 dst 192.168.50.9 self permanent")
                let after = try await monitor.changes()
                #expect(after.count > before.count, "\(after)")
            }
        }

        @Test func `what a crashed run has left is removed, what a running one uses is not`() async throws {
            let ended = try Command.mustRun(["sh", "-c", "echo $$"]).lines.joined()
            let abandoned = NetworkNamespace(name: "ft\(ended)-1-n1")
            let used = NetworkNamespace(name: "ft\(getpid())-0-n1")
            defer { [abandoned, used].forEach { $0.remove() } }
            for space in [abandoned, used] { try space.make() }
            try makeFolder("/tmp/ft\(ended)-1")
            let process = try BackgroundProcess(abandoned.inside(["sleep", "1000"]), log: "/tmp/ft\(ended)-1/log")
            try await waitUntil("sleep runs inside") {
                try Command.run(["ip", "netns", "pids", abandoned.name]).lines == ["\(process.pid)"]
                    ? nil : "it does not"
            }
            Leftovers.sweep()
            #expect(!folderNames("/run/netns").contains(abandoned.name) && !fileExists("/tmp/ft\(ended)-1"))
            #expect(folderNames("/run/netns").contains(used.name))
            try await waitUntil("sleep has ended") { process.status == .signalled(SIGKILL) ? nil : "it has not" }
        }
    }
}
