internal import Glibc
import Testing

extension Integration {
    /// Somebody who has recorded all that was ever said, and says it again under the right addresses.
    @Suite(.serialized) struct ReplayTests {
        @Test func `all gossip there ever was, said again after a node has died, revives nobody and changes no lease`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                let (node, dead, moved) = (lab.nodes[0], lab.nodes[1], lab.nodes[2])
                let recording = try Recording(of: lab.nodes)
                try await lab.startCluster(backend: .vxlan)
                // So that the recording has a claim that holds no longer.
                let order = try moved.leasectl.run(["reserve", "self", "10.244.77.0/24", "--wait"])
                #expect(order.succeeded, "\(order.report)")
                try await waitUntil("n1 knows n3's new subnet") {
                    recording.listen()
                    return try node.leasectl.list().contains { $0.subnet == "10.244.77.0/24" } ? nil : "not yet"
                }
                try await kill(dead, in: lab, recording)
                let leases = try leases(node)
                let kernel = try KernelState(observing: node)
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                var senders: [String: ForgedSender] = [:]
                for speaker in lab.nodes {
                    senders[speaker.address] = try attacker.entered {
                        try ForgedSender(as: speaker.address, to: node.address, port: 8473)
                    }
                }
                let before = try node.leasectl.status().gossip["datagramsReplayed", default: 0]
                for _ in 0..<3 {
                    for datagram in recording.datagrams { try senders[datagram.source]?.send(datagram.payload) }
                }
                try await waitUntil("most of it was known") {
                    let count = try node.leasectl.status().gossip["datagramsReplayed", default: 0] - before
                    return Int(count) > recording.datagrams.count ? nil : "\(count) of \(recording.datagrams.count)"
                }
                #expect(try self.leases(node) == leases)
                #expect(try node.leasectl.list().first { $0.node == dead.name }?.liveness == "unreachable")
                #expect(try node.leasectl.list().first { $0.node == moved.name }?.liveness == "alive")
                #expect(try kernel.difference(to: KernelState(observing: node)) == nil)
                #expect(revivals(of: dead, in: node) == 1, "at the start, and never again")
            }
        }

        @Test func `a node that has just restarted sees through the recording of a dead one while it is played`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                let (node, dead) = (lab.nodes[0], lab.nodes[1])
                let recording = try Recording(of: [dead])
                try await lab.startCluster(backend: .vxlan)
                try await waitUntil("enough is recorded") {
                    recording.listen()
                    let count = recording.datagrams.count
                    return count >= 110 ? nil : "\(count) datagrams"
                }
                try await kill(dead, in: lab, recording)
                let leases = try leases(node)
                try node.stop()
                try node.start()
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                let sender = try attacker.entered {
                    try ForgedSender(as: dead.address, to: node.address, port: 8473)
                }
                var left = recording.voice(of: dead)[...]
                try await node.waitReady()
                for datagram in left.prefix(8) {
                    try sender.send(datagram)
                    try await Task.sleep(for: .milliseconds(100))
                }
                left = left.dropFirst(8)
                try await waitUntil("n1 says that n2 is unreachable, in spite of its voice") {
                    if let datagram = left.popFirst() { try sender.send(datagram) }
                    usleep(100_000)
                    let liveness = try node.leasectl.list().first { $0.node == dead.name }?.liveness
                    return liveness == "unreachable" ? nil : "\(liveness ?? "no lease")"
                }
                #expect(!left.isEmpty, "it was found out before the recording's end")
                for datagram in left { try sender.send(datagram) }
                #expect(try node.leasectl.list().first { $0.node == dead.name }?.liveness == "unreachable")
                #expect(try self.leases(node) == leases)
            }
        }

        /// Off the network, so that it neither answers nor says that its port is closed.
        private func kill(_ dead: Node, in lab: Lab, _ recording: Recording) async throws {
            recording.listen()
            try dead.stop(SIGKILL)
            try lab.partition(lab.nodes.filter { $0 !== dead }, [dead])
            let node = lab.nodes[0]
            try await waitUntil("n1 finds \(dead.name) unreachable") {
                recording.listen()
                let lease = try node.leasectl.list().first { $0.node == dead.name }
                return lease?.liveness == "unreachable" ? nil : "\(lease?.liveness ?? "no lease")"
            }
        }

        /// What nobody but its owner may change.
        private func leases(_ node: Node) throws -> [String] {
            try node.leasectl.list().map { "\($0.subnet) \($0.nodeID) \($0.claimEpoch) \($0.publicIP)" }.sorted()
        }

        private func revivals(of dead: Node, in node: Node) -> Int {
            node.log.split(separator: "\n").count { $0.contains("memberAlive") && $0.contains(dead.name) }
        }
    }
}
