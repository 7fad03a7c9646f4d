import Testing

extension Integration {
    @Suite(.serialized) struct TrafficRulesTests {
        @Test func `with ip-masq what leaves the cluster takes the node's address, and what stays in it keeps its own`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { $0.extra = ["--ip-masq"] }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                let pods = try lab.nodes.map { try $0.addPod() }
                let node = lab.nodes[0]
                let subnet = try node.subnetEnv().subnet
                #expect(try node.subnetEnv().masquerade)
                try await waitUntil("the rules are there") {
                    let rules = try Command.run(node.namespace.inside(["nft", "list", "table", "ip", "felt"]))
                    return rules.output.contains("ip saddr \(subnet) ip daddr 10.244.0.0/16 return")
                        && rules.output.contains("masquerade fully-random") ? nil : rules.report
                }
                #expect(try lab.pingMatrix() == [])
                // The switch has no route to the pods: only a masqueraded packet is answered.
                let outside = try Command.run(
                    pods[0].namespace.inside(["ping", "-n", "-c", "1", "-W", "5", "192.168.50.254"]))
                #expect(outside.succeeded, "\(outside.report)")
                let tap = try lab.nodes[1].namespace.entered { try PacketTap() }
                #expect(try pods[0].ping(pods[1]).succeeded)
                #expect(tap.sources(to: pods[1].address).contains(pods[0].address))
            }
        }
    }
}
