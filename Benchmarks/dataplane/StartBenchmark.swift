/// The real daemon with peers in its store: from the start of the process until all entries are in place and it says that
/// it is ready; in an empty kernel, as after a boot, and in one where everything is in place, as after a restart.
struct StartBenchmark {
    let scene: Scene
    let programs: Programs
    let rounds: Int

    func run(_ report: inout Report) throws {
        report.title("Start of feltd with peers in its store, until all entries are in place")
        let bare = try (0..<rounds).map { _ in try measure { try shell("\(programs.feltd) --version >/dev/null") } }
        report.add("process start alone (feltd --version)", bare)
        for (peers, limit) in [(1_000, 100.0), (10_000, 400.0)] {
            let state = "\(scene.folder)/state-\(peers)"
            try StoreMaker(directory: state, peers: peers).make()
            var boots: [Double] = []
            var restarts: [Double] = []
            var memory: [Double] = []
            for _ in 0..<rounds {
                scene.clear()
                boots.append(try start(state, peers) { _ in })
                restarts.append(try start(state, peers) { memory.append(try $0.memory("VmHWM") / 1024) })
            }
            report.add("\(peers) peers, empty kernel", boots)
            report.add("\(peers) peers, everything in place", restarts)
            report.add("\(peers) peers, most memory resident", memory, unit: "MiB")
            report.compare(
                "\(peers) peers, empty kernel, beyond the process's start", median(boots) - median(bare), most: limit,
                unit: "ms")
        }
    }

    private func start(_ state: String, _ peers: Int, _ look: (Daemon) throws -> Void) throws -> Double {
        let daemon = try Daemon(programs, scene: scene, state: state)
        defer { daemon.stop() }
        let time = try daemon.awaitReady()
        guard try scene.isComplete(peers) else { throw BenchFailure("ready, but the kernel has \(try scene.count())") }
        try look(daemon)
        return time
    }
}
