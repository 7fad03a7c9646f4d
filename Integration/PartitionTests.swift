import Testing

extension Integration {
    @Suite(.serialized) struct PartitionTests {
        /// Two subnets, and each side alone takes the same one: the second because it is pinned to it.
        @Test
        func `a partition in which both sides claim one subnet heals to one owner, and the loser says to whom it lost`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                let (first, second) = (lab.nodes[0], lab.nodes[1])
                lab.configure { options in
                    options.network = "10.244.0.0/22"
                    options.extra = ["--subnet-min", "10.244.1.0", "--subnet-max", "10.244.2.0", "--join-timeout", "1"]
                }
                try lab.partition([first], [second])
                try first.start()
                try await first.waitReady()
                let contested = try first.subnetEnv().subnet
                second.options.extra += ["--subnet", "\(contested)"]
                try second.start()
                try await second.waitReady()
                #expect(try second.subnetEnv().subnet == contested)
                let watch = try BackgroundProcess(
                    try first.leasectl.base + ["watch"], log: "\(first.folder)/watch")
                try await waitUntil("watch is connected") { watch.log.isEmpty ? "its first line" : nil }
                try lab.heal()
                try await lab.waitConverged(backend: .vxlan)
                #expect(try second.subnetEnv().subnet == contested)
                #expect(try first.subnetEnv().subnet != contested)
                try await waitUntil("watch has told of the loss") { watch.log.contains("lost") ? nil : watch.log }
                #expect(watch.log.contains("\(contested)") && watch.log.contains("n2"))
                #expect(first.log.contains("lost \(contested) to n2"))
                let owners = try lab.nodes.map {
                    try $0.leasectl.list().filter { $0.subnet == "\(contested)" }.map(\.node)
                }
                #expect(owners == [["n2"], ["n2"]])
            }
        }

        @Test func `two sides that fill the same small pool apart heal to different subnets`() async throws {
            try await Lab.with(nodes: 4) { lab in
                lab.configure { options in
                    options.network = "10.244.0.0/21"
                    options.extra = ["--subnet-min", "10.244.1.0", "--subnet-max", "10.244.4.0", "--join-timeout", "1"]
                }
                try lab.partition(Array(lab.nodes.prefix(2)), Array(lab.nodes.suffix(2)))
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try lab.heal()
                try await lab.waitConverged(backend: .vxlan)
                for node in lab.nodes { try node.addPod() }
                #expect(try lab.pingMatrix() == [])
            }
        }
    }
}
