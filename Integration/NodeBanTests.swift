internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct NodeBanTests {
        @Test func `a stolen machine is banned while it is off: its lease is free, and it is refused when it returns`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let (node, other, stolen) = (lab.nodes[0], lab.nodes[1], lab.nodes[2])
                let subnet = try stolen.subnetEnv().subnet
                let nodeID = try stolen.leasectl.status().nodeID
                try stolen.stop(SIGKILL)
                let dry = try node.leasectl.run(["node", "ban", "n3", "--dry-run"])
                #expect(dry.succeeded && dry.output.contains("would ban n3") && dry.output.contains("\(subnet)"))
                #expect(try node.leasectl.list().count == 3)
                #expect(try node.leasectl.run(["node", "ban", "n1"]).status == .exited(5), "not itself")
                #expect(try node.leasectl.run(["node", "ban", "nobody"]).status == .exited(4))
                let ban = try node.leasectl.run(["node", "ban", String(nodeID.prefix(8))])
                #expect(ban.succeeded && ban.output.contains("rotate the key"), "\(ban.report)")
                for node in [node, other] {
                    try await waitUntil("\(node.name) refuses n3 and routes nothing to it") {
                        let member = try node.leasectl.members().first { $0.node == "n3" }
                        guard member?.liveness == "banned" else { return "\(String(describing: member))" }
                        guard try node.leasectl.list().count == 2 else { return "it still has a lease" }
                        return try KernelState(
                            expectedOn: node, peers: [node === lab.nodes[0] ? other : lab.nodes[0]], backend: .vxlan
                        ).difference(to: KernelState(observing: node))
                    }
                }
                // With the cluster's key, under its own identity.
                try stolen.start()
                try await waitUntil("it has been told and says so") {
                    stolen.log.contains("member-banned") ? nil : stolen.log
                }
                #expect(try stolen.leasectl.run(["status"]).output.contains("banned"))
                // After a restart of those that know, without each other.
                try other.stop()
                try node.stop()
                try node.start()
                try await node.waitReady()
                #expect(try node.leasectl.members().first { $0.node == "n3" }?.liveness == "banned")
                try stolen.stop(SIGKILL)
                try stolen.start()
                try await waitUntil("n1 has refused it again") {
                    try node.leasectl.status().gossip["datagramsBanned", default: 0] > 0
                        || stolen.log.contains("banned")
                        ? nil : "nothing yet"
                }
                let listedThen = try node.leasectl.list().map(\.node).sorted()
                #expect(listedThen == ["n1", "n2"])
                // The daemon down: the database knows it too.
                try node.stop()
                #expect(try node.leasectl.members().first { $0.node == "n3" }?.liveness == "banned")
                let listed = try node.leasectl.list().map(\.node).sorted()
                #expect(listed == ["n1", "n2"])
            }
        }

        @Test func `a banned machine that knows the cluster key does not learn the next one`() async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .hostGateway)
                let (node, other, stolen) = (lab.nodes[0], lab.nodes[1], lab.nodes[2])
                let old = try node.leasectl.keys().sealing
                try lab.partition([node, other], [stolen])
                #expect(try node.leasectl.run(["node", "ban", "n3"]).succeeded)
                let new = try node.leasectl.addKey().id
                try lab.heal()
                #expect(try node.leasectl.key("use", new, "--force").succeeded)
                try await lab.waitKeys([node, other], sealing: new, holding: [old, new])
                // As a new machine, with the old key: nobody hears it while the key is on its way out.
                try stolen.stop(SIGKILL)
                try stolen.wipe()
                try stolen.start()
                try await waitUntil("the newcomer under the old key is refused") {
                    try node.leasectl.status().gossip["datagramsOutdatedStranger", default: 0] > 0 ? nil : "not yet"
                }
                #expect(try stolen.leasectl.keys().keys.map(\.id) == [old])
                #expect(try node.leasectl.members().filter { $0.liveness != "banned" }.map(\.node) == ["n1", "n2"])
            }
        }
    }
}
