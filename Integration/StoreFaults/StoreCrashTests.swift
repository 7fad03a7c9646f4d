internal import Glibc
import Testing

extension Integration {
    /// kill -9 and power loss at every write, with real processes and files. FELT_CRASHES says how many; the default is
    /// what a minute allows.
    @Suite(.serialized) struct StoreCrashTests {
        private static var wanted: Int { getenv("FELT_CRASHES").flatMap { Int(String(cString: $0)) } ?? 150 }

        /// Starts two nodes without a data plane: the first remembers what the second says.
        private func withPair(_ body: (Lab, inout CrashingNode) async throws -> Void) async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { options in
                    options.network = "10.0.0.0/8"
                    options.backend = nil
                    options.extra = ["--backend", "alloc"]
                }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                var crashing = try CrashingNode(lab)
                try await body(lab, &crashing)
            }
        }

        @Test func `a node that is killed at every write of its life loses nothing and repeats nothing`() async throws {
            try await withPair { _, crashing in
                var random = SeededGenerator(state: UInt64.random(in: 0 ... .max))
                let seed = random.state
                let base = crashing.node.options.extra
                var operation = 0
                var round = 0
                while crashing.crashes < Self.wanted / 2 {
                    operation += 1
                    let ending = FaultLibrary.Ending.allCases.randomElement(using: &random) ?? .before
                    // Every other round asks for another subnet: the claim changes.
                    crashing.node.options.extra =
                        base
                        + (round.isMultiple(of: 2) ? [] : ["--subnet", "10.\(round % 200).\(operation % 250).0/24"])
                    let died = try crashing.run(dyingAt: operation, ending)
                    try crashing.check("seed \(seed), round \(round), operation \(operation), \(ending)")
                    if !died { (operation, round) = (0, round + 1) }
                }
                // And it lives: the last start of all goes on from there.
                crashing.node.options.environment = crashing.plain
                try crashing.node.start()
                try await crashing.node.waitReady()
                let nodeID = try crashing.node.leasectl.status().nodeID
                #expect(crashing.nodeID == nil || nodeID == crashing.nodeID)
                #expect(try crashing.node.leasectl.run(["db", "check"]).succeeded)
                print("crashes survived: \(crashing.crashes) in \(round) rounds")
            }
        }

        @Test func `a first start that is killed at every write begins anew or goes on`() async throws {
            try await withPair { _, crashing in
                var operation = 0
                var total = 0
                let files = ["identity", "cluster", "felt.db"]
                let peer = crashing.peer
                while total < Self.wanted / 2 {
                    operation += 1
                    if operation.isMultiple(of: 20) {
                        // Each first start leaves an absent node behind: the peer need not remember hundreds.
                        try peer.stop()
                        try peer.wipe()
                        try peer.start()
                        try await peer.waitReady()
                    }
                    for ending in FaultLibrary.Ending.allCases {
                        try crashing.node.wipe()
                        crashing.nodeID = nil
                        crashing.highestSeen = 0
                        let died = try crashing.run(dyingAt: operation, ending)
                        if !died {
                            operation = 0
                            break
                        }
                        total += 1
                        let identity = "\(crashing.node.stateFolder)/identity"
                        let before = fileExists(identity) ? try readText(identity) : nil
                        // The second start needs no help, and no file is half there.
                        _ = try crashing.run(dyingAt: 0, ending)
                        for file in files { #expect(fileExists("\(crashing.node.stateFolder)/\(file)")) }
                        #expect(!folderNames(crashing.node.stateFolder).contains { $0.contains("corrupt") })
                        if let before { #expect(try readText(identity) == before, "at \(operation), \(ending)") }
                    }
                }
                print("crashes of a first start survived: \(total)")
            }
        }
    }
}
