internal import Glibc
import Testing

extension Integration {
    /// kill -9 and power loss at every write, with real processes and files. FELT_CRASHES says how many in all; the
    /// default is what a minute allows.
    @Suite(.serialized) struct StoreCrashTests {
        private static let batch = 25
        private static let batches = max(1, (getenv("FELT_CRASHES").flatMap { Int(String(cString: $0)) } ?? 150) / 50)

        /// Starts two nodes without a data plane: the first remembers what the second says.
        private func withPair(_ body: (inout CrashingNode) async throws -> Void) async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { options in
                    options.network = "10.0.0.0/8"
                    options.backend = nil
                    options.extra = ["--backend", "alloc"]
                }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                var crashing = try CrashingNode(lab)
                try await body(&crashing)
            }
        }

        @Test(arguments: 0..<batches)
        func `a node that is killed at every write of its life loses nothing and repeats nothing`(
            batch: Int
        ) async throws {
            try await withPair { crashing in
                let seed = UInt64.random(in: 0 ... .max)
                var random = SeededGenerator(state: seed)
                let base = crashing.node.options.extra
                _ = try crashing.run(dyingAt: 0, .before)
                try crashing.check("seed \(seed), after its first life")
                // Each batch goes on in the life where the one before it ended.
                var operation = batch * Self.batch % 100
                var life = 0
                while crashing.crashes < Self.batch {
                    operation += 1
                    let ending = FaultLibrary.Ending.allCases.randomElement(using: &random) ?? .before
                    // Every other life asks for another subnet: the claim changes.
                    let pin = ["--subnet", "10.\(batch % 250).\(life % 250).0/24"]
                    crashing.node.options.extra = base + ((batch + life).isMultiple(of: 2) ? [] : pin)
                    let died = try crashing.run(dyingAt: operation, ending)
                    try crashing.check("seed \(seed), life \(life), operation \(operation), \(ending)")
                    if !died { (operation, life) = (0, life + 1) }
                }
                // And it lives: the last start of all goes on from there.
                crashing.node.options.environment = crashing.plain
                try crashing.node.start()
                try await crashing.node.waitReady()
                #expect(try crashing.node.leasectl.status().nodeID == crashing.nodeID)
                #expect(try crashing.node.leasectl.run(["db", "check"]).succeeded)
                let numbers = "seq \(crashing.highestSeen), seed \(seed)"
                print("batch \(batch): \(crashing.crashes) crashes of a running node, \(numbers)")
            }
        }

        @Test(arguments: 0..<batches)
        func `a first start that is killed at every write begins anew or goes on`(batch: Int) async throws {
            try await withPair { crashing in
                var operation = batch * Self.batch / 3 % 100
                while crashing.crashes < Self.batch {
                    operation += 1
                    for ending in FaultLibrary.Ending.allCases {
                        try crashing.node.wipe()
                        guard try crashing.run(dyingAt: operation, ending) else {
                            operation = 0
                            break
                        }
                        let identity = "\(crashing.node.stateFolder)/identity"
                        let before = fileExists(identity) ? try readText(identity) : nil
                        // The second start needs no help, and no file is half there.
                        _ = try crashing.run(dyingAt: 0, ending)
                        let names = folderNames(crashing.node.stateFolder)
                        #expect(Set(["identity", "cluster", "felt.db"]).isSubset(of: names), "\(operation), \(ending)")
                        #expect(!names.contains { $0.contains("corrupt") }, "\(operation), \(ending)")
                        if let before { #expect(try readText(identity) == before, "\(operation), \(ending)") }
                    }
                }
                print("batch \(batch): \(crashing.crashes) crashes of a first start")
            }
        }
    }
}
