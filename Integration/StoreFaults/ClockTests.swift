internal import Glibc
import Testing

extension Integration {
    /// Machines without a clock boot in 1970; others are set right or wrong while they run.
    @Suite(.serialized) struct ClockTests {
        @Test func `no wall clock decides anything: 1970, 2100, and jumps during everything`() async throws {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let library = try FaultLibrary(in: lab.folder)
                let clocks = lab.nodes.map { "\($0.folder)/clock" }
                let now = Int(time(nil))
                // Seconds from now to 1970, to 2100, and none.
                let offsets = [-now, 4_102_444_800 - now, 0]
                for (node, clock) in zip(lab.nodes, clocks) {
                    node.options.environment = library.environment(clock: clock)
                }
                func set(_ turn: Int) throws {
                    for (index, clock) in clocks.enumerated() {
                        try writeText("\(offsets[(index + turn) % offsets.count])\n", to: clock + ".new")
                        try Command.mustRun(["mv", clock + ".new", clock])
                    }
                }
                try set(0)
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                let before = try lab.nodes.map { try $0.leasectl.status() }
                for turn in 1...9 {
                    try set(turn)
                    try await Task.sleep(for: .milliseconds(400))
                    guard turn.isMultiple(of: 3) else { continue }
                    let node = lab.nodes[turn / 3 - 1]
                    try node.stop(turn == 6 ? SIGKILL : SIGTERM)
                    try set(turn + 1)
                    try node.start()
                    try await node.waitReady()
                }
                try await lab.waitConverged(backend: .vxlan)
                let after = try lab.nodes.map { try $0.leasectl.status() }
                #expect(after.map(\.lease) == before.map(\.lease) && after.map(\.nodeID) == before.map(\.nodeID))
                for node in lab.nodes {
                    for lease in try node.leasectl.list() {
                        // A test takes minutes; a clock that counted would say decades.
                        #expect(lease.tenureSeconds >= 0 && lease.tenureSeconds < 3_600, "\(lease)")
                        #expect(lease.liveness == "alive" && (lease.lastSeenSeconds ?? 0) < 3_600, "\(lease)")
                    }
                    #expect(try node.leasectl.run(["db", "check"]).succeeded)
                }
                // A damaged database gets a name that carries the clock's time, whatever that is.
                try lab.nodes[0].stop()
                try set(0)
                try writeText("", to: "\(lab.nodes[0].stateFolder)/felt.db")
                unlink("\(lab.nodes[0].stateFolder)/felt.db-wal")
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                let kept = folderNames(lab.nodes[0].stateFolder).filter { $0.hasPrefix("felt.db.corrupt-truncated-19") }
                #expect(kept.isEmpty == false, "\(folderNames(lab.nodes[0].stateFolder))")
                #expect(try lab.nodes[0].leasectl.status().lease == before[0].lease)
            }
        }
    }
}
