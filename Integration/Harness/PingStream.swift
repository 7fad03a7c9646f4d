internal import Glibc

/// A ping that goes on, twenty times a second or oftener, while a test does something to the network.
final class PingStream {
    private let process: BackgroundProcess
    let target: String

    /// - Parameter interval: seconds between two packets, as ping takes them.
    init(from pod: Pod, to target: Pod, interval: String = "0.05", log: String) throws {
        self.target = target.address
        process = try BackgroundProcess(
            pod.namespace.inside(["stdbuf", "-oL", "ping", "-n", "-i", interval, target.address]), log: log)
    }

    /// The numbers of the answered packets, in order.
    private var answered: [Int] {
        process.log.split(separator: "\n").compactMap { line in
            guard line.contains("bytes from"),
                let part = line.split(separator: " ").first(where: {
                    $0.hasPrefix("icmp_seq=")
                })
            else { return nil }
            return Int(part.dropFirst("icmp_seq=".count))
        }
    }

    /// How many packets have been answered.
    var answeredCount: Int { answered.count }

    /// Waits until packets sent from now on are answered, so that the ping has covered all that happened before.
    func flow() async throws {
        let before = answered.last ?? 0
        try await waitUntil("the ping to \(target) is answered") {
            if let status = process.status { throw LabError("ping has ended: \(status)\n\(process.log)") }
            return (answered.last ?? 0) >= before + 10 ? nil : "answers after number \(before)"
        }
    }

    /// Ends the ping and gives the packets that were not answered although a later one was.
    func finish() async throws -> [Int] {
        try await flow()
        try process.stop(SIGINT)
        let seen = Set(answered)
        guard let last = seen.max() else { return [] }
        return (1...last).filter { !seen.contains($0) }
    }
}
