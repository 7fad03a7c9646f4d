internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct DatagramTests {
        @Test func `garbage, cut, altered and replayed datagrams are counted and dropped, and nobody enters the table`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let seed = UInt64.random(in: 0 ... .max)
                print("datagrams: seed \(seed)")
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                let captured = try await capture(from: lab.nodes[1], in: lab)
                let before = try node.leasectl.status()
                let sender = try attacker.entered { try DatagramSender(to: node.address, port: 8473) }
                var random = SeededGenerator(state: seed)
                for _ in 0..<2_000 {
                    let length = Int.random(in: 0...1_500, using: &random)
                    sender.send((0..<length).map { _ in UInt8.random(in: 0...255, using: &random) })
                }
                for datagram in captured {
                    for length in 0..<datagram.count { sender.send(Array(datagram.prefix(length))) }
                    for index in datagram.indices {
                        var altered = datagram
                        altered[index] ^= 1 << UInt8(index % 8)
                        sender.send(altered)
                    }
                    for _ in 0..<10 { sender.send(datagram) }
                }
                try await waitUntil("the counters have risen") {
                    let gossip = try node.leasectl.status().gossip
                    let rises = ["datagramsRejected", "datagramsForged", "datagramsTooShort", "datagramsReplayed"]
                    let still = rises.filter { gossip[$0, default: 0] <= before.gossip[$0, default: 0] }
                    return still.isEmpty ? nil : "\(still)"
                }
                let after = try node.leasectl.status()
                #expect(after.ready && after.peers.alive == 1 && after.pool.used == 2)
                #expect(try node.leasectl.members().count == 2)
                #expect(node.daemon?.status == nil)
            }
        }

        /// Real datagrams of a node, as they arrive at another.
        private func capture(from node: Node, in lab: Lab) async throws -> [[UInt8]] {
            let tap = try lab.nodes[0].namespace.entered { try PacketTap() }
            var datagrams: [[UInt8]] = []
            try await waitUntil("datagrams are captured") {
                datagrams += tap.take(port: 8473, from: node.address)
                return datagrams.count >= 3 ? nil : "\(datagrams.count) datagrams"
            }
            return Array(datagrams.prefix(3))
        }

        @Test func `real datagrams of a node that has ended, sent again under its address, do not revive it`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let (node, dead) = (lab.nodes[0], lab.nodes[1])
                let captured = try await capture(from: dead, in: lab)
                try dead.stop(SIGKILL)
                // Off the network, so that it neither answers nor says that its port is closed.
                try lab.partition([node, lab.nodes[2]], [dead])
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                let sender = try attacker.entered {
                    try ForgedSender(as: dead.address, to: node.address, port: 8473)
                }
                let kernel = try KernelState(observing: node)
                let before = try node.leasectl.status().gossip["datagramsReplayed", default: 0]
                try await waitUntil("n1 lists n2 as unreachable in spite of its voice") {
                    for datagram in captured { try sender.send(datagram) }
                    let lease = try node.leasectl.list().first { $0.node == dead.name }
                    return lease?.liveness == "unreachable" ? nil : "\(lease?.liveness ?? "no lease")"
                }
                for _ in 0..<50 { for datagram in captured { try sender.send(datagram) } }
                try await waitUntil("the replays are counted") {
                    let count = try node.leasectl.status().gossip["datagramsReplayed", default: 0] - before
                    return count >= 50 ? nil : "\(count) so far"
                }
                #expect(try node.leasectl.list().first { $0.node == dead.name }?.liveness == "unreachable")
                #expect(try kernel.difference(to: KernelState(observing: node)) == nil)
            }
        }

        @Test func `a node with another key is not let in, and disturbs nobody`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let stranger = lab.nodes[2]
                stranger.options.keyFile = "\(stranger.folder)/other-key"
                try writeText(Lab.randomKey() + "\n", to: "\(stranger.folder)/other-key")
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await waitUntil("n1 has refused datagrams of the stranger") {
                    try lab.nodes[0].leasectl.status().gossip["datagramsUnknownKey", default: 0] > 0 ? nil : "none yet"
                }
                #expect(try lab.nodes[0].leasectl.members().map(\.node).sorted() == ["n1", "n2"])
                #expect(try stranger.leasectl.members().map(\.node) == ["n3"])
            }
        }
    }
}
