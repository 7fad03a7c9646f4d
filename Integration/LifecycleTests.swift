internal import Addressing
internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct LifecycleTests {
        @Test func `eight nodes that start at once with the same seed list hold eight subnets, all routed`()
            async throws
        {
            try await Lab.with(nodes: 8) { lab in
                try await lab.startCluster(backend: .vxlan)
                let leases = try lab.nodes[7].leasectl.list()
                #expect(Set(leases.map(\.subnet)).count == 8)
                #expect(leases.allSatisfy { $0.liveness == "alive" })
            }
        }

        @Test(arguments: [SIGTERM, SIGKILL])
        func `a node that ends and starts keeps its subnet, and no ping between two others is lost`(
            signal: Int32
        ) async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let pods = try lab.nodes.map { try $0.addPod() }
                let others = try PingStream(from: pods[0], to: pods[1], log: "\(lab.folder)/ping")
                let through = try PingStream(from: pods[0], to: pods[2], log: "\(lab.folder)/ping-through")
                try await others.flow()
                let node = lab.nodes[2]
                let subnet = try node.subnetEnv().subnet
                let monitor = try await KernelMonitor(on: node)
                let status = try node.stop(signal)
                #expect(status == (signal == SIGTERM ? .exited(0) : .signalled(SIGKILL)))
                #expect(
                    try KernelState(expectedOn: node, peers: Array(lab.nodes.prefix(2)), backend: .vxlan)
                        .difference(to: KernelState(observing: node)) == nil)
                try await others.flow()
                try node.start()
                try await node.waitReady()
                try await lab.waitConverged(backend: .vxlan)
                #expect(try node.subnetEnv().subnet == subnet)
                let changes = try await monitor.changes()
                #expect(changes == [])
                #expect(try await others.finish() == [])
                #expect(try await through.finish() == [])
            }
        }

        @Test(arguments: Backend.allCases)
        func `a node whose public address changes is followed by all, its subnet unchanged`(
            backend: Backend
        ) async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: backend)
                for node in lab.nodes { try node.addPod() }
                let node = lab.nodes[2]
                let subnet = try node.subnetEnv().subnet
                try node.changeAddress(to: "192.168.50.77")
                try await lab.waitConverged(backend: backend)
                #expect(try node.subnetEnv().subnet == subnet)
                #expect(try lab.pingMatrix() == [])
                try await waitUntil("n1 lists the new address") {
                    let lease = try lab.nodes[0].leasectl.list().first { $0.node == "n3" }
                    return lease?.publicIP == "192.168.50.77" ? nil : "\(lease?.publicIP ?? "no lease")"
                }
            }
        }

        @Test func `the routes of a node that died stay, and it is listed as unreachable`() async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let expected = try KernelState(
                    expectedOn: lab.nodes[0], peers: Array(lab.nodes.dropFirst()), backend: .vxlan)
                try lab.nodes[2].stop(SIGKILL)
                try await waitUntil("n1 lists n3 as unreachable") {
                    let lease = try lab.nodes[0].leasectl.list().first { $0.node == "n3" }
                    return lease?.liveness == "unreachable" ? nil : "\(lease?.liveness ?? "no lease")"
                }
                #expect(try expected.difference(to: KernelState(observing: lab.nodes[0])) == nil)
                #expect(try lab.nodes[0].leasectl.list().first { $0.node == "n2" }?.liveness == "alive")
                let table = try lab.nodes[0].leasectl.run(["list"])
                #expect(table.output.contains("unreachable"))
            }
        }

        @Test func `what others delete from the kernel is put back`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let peer = try lab.nodes[1].subnetEnv().subnet
                let mac = try KernelState.linkAddress("flannel.1", in: lab.nodes[1].namespace)
                for damage in [
                    "route del \(peer)", "neigh del \(peer.base) dev flannel.1", "link del flannel.1",
                    "link set flannel.1 down", "addr flush dev flannel.1",
                    "link set flannel.1 address 02:00:00:00:00:99",
                ] {
                    try node.namespace.ip(damage)
                    try await lab.waitConverged(backend: .vxlan)
                    let link = try node.namespace.ip("-o link show dev flannel.1").output
                    #expect(link.contains("LOWER_UP"), "after \(damage)")
                }
                try node.namespace.bridge("fdb del \(mac) dev flannel.1 dst \(lab.nodes[1].address) self")
                try await lab.waitConverged(backend: .vxlan)
                try node.namespace.ip("route flush proto 70")
                try await lab.waitConverged(backend: .vxlan)
            }
        }
    }
}
