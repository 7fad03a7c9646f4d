internal import Addressing
internal import Dataplane
internal import Glibc
internal import Netlink

/// The daemon's CPU time with 1,000 peers while nothing changes, and while another process adds and removes a thousand
/// routes a second that are none of ours.
struct IdleBenchmark {
    let scene: Scene
    let programs: Programs

    private static let seconds = 15.0

    func run(_ report: inout Report) throws {
        let state = "\(scene.folder)/state-idle"
        try StoreMaker(directory: state, peers: 1_000).make()
        scene.clear()
        let daemon = try Daemon(programs, scene: scene, state: state)
        defer { daemon.stop() }
        _ = try daemon.awaitReady()
        report.title("CPU of feltd with 1,000 peers, none of which answers")
        sleep(10)
        let quiet = try share(daemon) { sleep(UInt32(Self.seconds)) }
        report.add("nothing changes", [quiet], unit: "% CPU")
        let churned = try share(daemon) { try churn() }
        report.add("1,000 foreign routes added and removed a second", [churned], unit: "% CPU")
        report.compare("what the foreign routes cost", churned - quiet, most: 1, unit: "% CPU")
        report.add("resident", [try daemon.memory("VmRSS") / 1024], unit: "MiB")
        report.add("resident, anonymous", [try daemon.memory("RssAnon") / 1024], unit: "MiB")
    }

    private func share(_ daemon: Daemon, _ body: () throws -> Void) throws -> Double {
        let before = try daemon.cpuTime()
        let time = try measure(body)
        return (try daemon.cpuTime() - before) / time * 100
    }

    private func churn() throws {
        var socket = try NetlinkSocket()
        let start = now()
        var turn = 0
        while now() - start < Self.seconds * 1000 {
            let routes = (0..<10).compactMap { number -> Route? in
                let base = IPv4Address(bits: 0xC633_6400 + UInt32((turn * 10 + number) % 256))
                guard let block = IPv4Block(containing: base, prefixLength: 32) else { return nil }
                return Route(
                    destination: block, gateway: nil, interfaceIndex: scene.underlay.interfaceIndex, routeProtocol: 4,
                    scope: 253)
            }
            _ = try socket.commit(routes.map { .putRoute($0) } + routes.map { .removeRoute($0) })
            turn += 1
            let due = start + Double(turn) * 10
            if due > now() { usleep(UInt32((due - now()) * 1000)) }
        }
    }
}
