internal import Addressing
import Testing

extension Integration {
    @Suite(.serialized) struct SplitClusterTests {
        /// Four subnets. Two nodes hold two of them when the cluster splits; then each side gets a new node, and both new
        /// nodes take the same third one, each by its own preference, confirmed by the peer of its side. None is pinned.
        /// Preferences come from a random identity, so the second new node is installed anew, alone and unheard, until
        /// its preference is the contested subnet: three in four tries miss.
        @Test func `of two nodes that joined the halves of a split cluster with one subnet, one moves and says so`()
            async throws
        {
            try await Lab.with(nodes: 4) { lab in
                lab.configure { options in
                    options.network = "10.244.0.0/22"
                    options.extra = ["--subnet-min", "10.244.0.0", "--join-timeout", "1"]
                }
                let (left, right, leftNew, rightNew) = (lab.nodes[0], lab.nodes[1], lab.nodes[2], lab.nodes[3])
                for node in [left, right] { try node.start() }
                for node in [left, right] { try await node.waitReady() }
                try lab.partition([left, leftNew], [right], [rightNew])
                try leftNew.start()
                try await leftNew.waitReady()
                let contested = try leftNew.subnetEnv().subnet
                #expect(try leftNew.leasectl.list().count == 3)
                try await install(rightNew, untilItHolds: contested)
                try lab.partition([left, leftNew], [right, rightNew])
                try await waitUntil("the right half knows its new node") {
                    try right.leasectl.list().contains { $0.node == rightNew.name && $0.subnet == "\(contested)" }
                        ? nil : "its lease"
                }

                let watches = try [leftNew, rightNew].map { node in
                    try BackgroundProcess(try node.leasectl.base + ["watch"], log: "\(node.folder)/watch")
                }
                try await waitUntil("both watch") { watches.contains { $0.log.isEmpty } ? "a first line" : nil }
                try lab.heal()
                try await lab.waitConverged(backend: .vxlan)

                let holders = try [leftNew, rightNew].map { try $0.subnetEnv().subnet == contested }
                #expect(holders.filter { $0 }.count == 1)
                let (winner, loser, watch) =
                    holders[0] ? (leftNew, rightNew, watches[1]) : (rightNew, leftNew, watches[0])
                #expect(loser.log.contains("lost \(contested) to \(winner.name)"))
                #expect(!winner.log.contains("lost \(contested)"))
                try await waitUntil("the loser's watch tells to whom") {
                    let told = watch.log.split(separator: "\n").contains { line in
                        ["lost", "\(contested)", winner.name].allSatisfy { line.contains($0) }
                    }
                    return told ? nil : watch.log
                }
                for node in lab.nodes {
                    let owners = try node.leasectl.list().filter { $0.subnet == "\(contested)" }.map(\.node)
                    #expect(owners == [winner.name], "on \(node.name)")
                    try node.addPod()
                }
                #expect(try lab.pingMatrix() == [])
            }
        }

        private func install(_ node: Node, untilItHolds subnet: IPv4Block) async throws {
            for attempt in 1...60 {
                try node.start()
                try await node.waitReady()
                if try node.subnetEnv().subnet == subnet {
                    print("the contested subnet was taken at attempt \(attempt)")
                    return
                }
                try node.stop()
                try node.wipe()
                try node.namespace.ip("link del flannel.1")
            }
            throw LabError("in 60 attempts \(node.name) never took \(subnet)")
        }
    }
}
