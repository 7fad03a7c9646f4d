internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct DiscoveryTests {
        @Test func `machines with one key find each other without a seed, one with another key finds nobody`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                for node in lab.nodes { node.options.extra = ["--discover"] }
                let stranger = lab.nodes[2]
                stranger.options.keyFile = "\(stranger.folder)/other-key"
                try writeText(Lab.randomKey() + "\n", to: "\(stranger.folder)/other-key")
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                for node in lab.nodes.prefix(2) {
                    try await waitUntil("\(node.name) has found the other") {
                        let members = try node.leasectl.members().map(\.node).sorted()
                        return members == ["n1", "n2"] ? nil : "\(members)"
                    }
                }
                #expect(try stranger.leasectl.members().map(\.node) == ["n3"])
                let subnets = try lab.nodes.prefix(2).map { try $0.subnetEnv().subnet }
                #expect(Set(subnets).count == 2)
            }
        }

        @Test func `without --discover nobody is found and nothing is announced`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let tap = try lab.nodes[1].namespace.entered { try PacketTap() }
                lab.nodes[1].options.extra = ["--discover"]
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await Task.sleep(for: .seconds(5))
                #expect(try lab.nodes[0].leasectl.members().map(\.node) == ["n1"])
                #expect(tap.take(port: 8473, from: lab.nodes[0].address).isEmpty)
            }
        }
    }
}
