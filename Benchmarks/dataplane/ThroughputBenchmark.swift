internal import Glibc

/// iperf3 from pod to pod over two machines: where Felt made the device and the entries, and where ip did, in turns.
struct ThroughputBenchmark {
    let scene: Scene
    let programs: Programs
    let rounds: Int

    func run(_ report: inout Report) throws {
        for backend in ["vxlan", "host-gw"] {
            report.title("iperf3, pod to pod, \(backend), Gbit/s")
            let felt = try Pair(scene: scene, name: "felt-\(backend)")
            defer { felt.remove() }
            let hand = try Pair(scene: scene, name: "hand-\(backend)")
            defer { hand.remove() }
            try felt.configureByFelt(programs, backend: backend)
            try hand.configureByHand(backend: backend)
            var samples: [[Double]] = [[], []]
            for _ in 0..<rounds {
                samples[0].append(try felt.throughput())
                samples[1].append(try hand.throughput())
            }
            report.add("\(backend): made by Felt", samples[0], unit: "Gbit/s")
            report.add("\(backend): made by hand with ip", samples[1], unit: "Gbit/s")
            let noise = 0.1
            report.compare(
                "\(backend): by hand / by Felt", median(samples[1]) / median(samples[0]), most: 1 + noise)
        }
    }
}
