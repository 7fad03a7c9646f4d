internal import Glibc
import Testing

extension Integration {
    /// Who is absent, and for how long, is not forgotten by a node that is killed.
    @Suite(.serialized) struct AbsenceTests {
        @Test func `the longest absent owner is the first to lose its claim, though the node that counts was killed`()
            async throws
        {
            try await Lab.with(nodes: 5) { lab in
                lab.configure { options in
                    options.backend = nil
                    options.extra = [
                        "--backend", "alloc", "--subnet-min", "10.244.1.0", "--subnet-max", "10.244.4.0",
                        "--reclaim-after", "30",
                    ]
                }
                let holders = Array(lab.nodes.prefix(4))
                for node in holders {
                    try node.start()
                    try await node.waitReady()
                }
                let counting = lab.nodes[4]
                try counting.start()
                try await waitUntil("the fifth finds no subnet") {
                    let state = try counting.leasectl.status().state
                    return state == "exhausted" ? nil : state
                }
                // The one with the higher nodeID goes first: a tie would be the other's.
                let leases = try counting.leasectl.list()
                let leaving = Array(holders.suffix(2)).sorted { left, right in
                    let nodeID = { (node: Node) in leases.first { $0.node == node.name }?.nodeID ?? "" }
                    return nodeID(left) > nodeID(right)
                }
                for node in leaving {
                    try node.stop(SIGKILL)
                    try await waitUntil("\(node.name) is missed") {
                        let member = try counting.leasectl.members().first { $0.node == node.name }
                        return member?.liveness == "unreachable" ? nil : "\(String(describing: member))"
                    }
                }
                let database = Database(path: "\(counting.stateFolder)/felt.db")
                try await waitUntil("both absences are on the disk") {
                    let absent = try database.absentPeers()
                    return absent == 2 ? nil : "\(absent)"
                }
                try counting.stop(SIGKILL)
                try counting.start()
                try await waitUntil("it has a subnet") {
                    let status = try counting.leasectl.status()
                    return status.lease == nil ? status.state : nil
                }
                let first = try #require(leases.first { $0.node == leaving[0].name }).subnet
                #expect(try counting.leasectl.status().lease == first)
                #expect(try counting.leasectl.list().contains { $0.node == leaving[1].name })
            }
        }
    }
}
