internal import Gossip
internal import LeaseLedger
import Testing

extension Integration {
    /// What Documentation/threat-model.md says of somebody who has the cluster's key, on real processes.
    @Suite(.serialized) struct KeyHolderTests {
        @Test func `members made up without end are bounded and said aloud, and a real node still gets in`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure { $0.backend = .vxlan }
                let (node, other, late) = (lab.nodes[0], lab.nodes[1], lab.nodes[2])
                for node in [node, other] { try node.start() }
                for node in [node, other] { try await node.waitReady() }
                let subnets = try [node, other].map { "\(try $0.subnetEnv().subnet)" }.sorted()
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                var holder = try attacker.entered { try KeyHolder(of: lab, to: node) }
                let liar = holder.madeUp(0)
                holder.say(liar, as: liar)
                // Gossip takes 4,096 in a network of as few subnets.
                for number in 1..<4_600 { holder.say(holder.madeUp(number), as: liar) }
                try await waitUntil("n1 says that it has too many members") {
                    guard try node.leasectl.status().gossip["membersRefused", default: 0] > 0 else {
                        return "\(try node.leasectl.members().count) members"
                    }
                    return node.log.contains("members-full:") ? nil : "no line in the log"
                }
                #expect(try node.leasectl.members().count <= 4_097)
                // Nobody answers for them; the first that are found out make room.
                late.options.join = [node.address]
                try late.start()
                try await late.waitReady()
                try await waitUntil("n1 has let n3 in") {
                    try node.leasectl.members().contains { $0.node == "n3" && $0.liveness == "alive" } ? nil : "not yet"
                }
                #expect(try node.leasectl.status().gossip["membersEvicted", default: 0] >= 1)
                let kept = try node.leasectl.list().filter { ["n1", "n2"].contains($0.node) }.map(\.subnet).sorted()
                #expect(kept == subnets)
                #expect(try node.leasectl.members().first { $0.node == "n2" }?.liveness == "alive")
                #expect(try node.memory("VmRSS") < 64 << 10, "KiB")
            }
        }
    }
}
