import Testing

extension Integration {
    @Suite(.serialized) struct MemoryTests {
        @Test func `an idle feltd needs at most 14 MiB`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                for node in lab.nodes {
                    // A while after the start it gives back what only the start has used.
                    try await waitUntil("\(node.name) has at most 14 MiB resident") {
                        let resident = try node.memory("VmRSS")
                        return resident <= 14 << 10 ? nil : "\(resident) KiB"
                    }
                    #expect(try node.leasectl.status().ready)
                }
                for node in lab.nodes { #expect(try node.stop() == .exited(0)) }
            }
        }
    }
}
