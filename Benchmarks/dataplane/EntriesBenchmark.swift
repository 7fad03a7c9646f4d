internal import Addressing
internal import Dataplane
internal import LeaseLedger

/// Every peer's route, neighbour and forwarding entry put in place, changed (another VTEP MAC address at another address:
/// a neighbour and two forwarding entries each), and removed.
///
/// Felt's time is that of its whole reconciliation: reading what there is, comparing, sending, confirming. The time of ip
/// and bridge is that of the two processes, their input files written before. Bare C is measured inside, and three times:
/// doing the same (read, compare, send), reading what it drops, and sending alone.
struct EntriesBenchmark {
    let scene: Scene
    let programs: Programs
    let rounds: Int
    let sizes: [Int]

    private enum Step: String, CaseIterable { case add, change, remove }

    func run(_ report: inout Report) throws {
        for peers in sizes { try run(peers: peers, &report) }
    }

    private func run(peers: Int, _ report: inout Report) throws {
        let metrics = Scene.hasMetrics(peers: peers)
        var samples: [String: [Double]] = [:]
        // Small tables take milliseconds: the median needs more of them to stand still.
        for _ in 0..<(peers > 1_000 ? rounds : rounds * 5) {
            try felt(peers) { samples["felt \($0)", default: []].append($1) }
            try bare(peers, metrics, "") { samples["bare \($0)", default: []].append($1) }
            try bare(peers, metrics, " read") { samples["read \($0)", default: []].append($1) }
            try bare(peers, metrics, " compare") { samples["same \($0)", default: []].append($1) }
            try batch(peers, metrics: false) { samples["batch \($0)", default: []].append($1) }
            if metrics { try batch(peers, metrics: true) { samples["metrics \($0)", default: []].append($1) } }
        }
        report.title("\(peers) peers: route, neighbour and forwarding entry of each")
        for step in Step.allCases {
            let name = "\(peers) \(step.rawValue)"
            report.add("\(name): Felt, whole reconciliation", samples["felt \(step)"] ?? [])
            report.add("\(name): bare C, same messages", samples["bare \(step)"] ?? [])
            report.add("\(name): bare C, reading first", samples["read \(step)"] ?? [])
            report.add("\(name): bare C, reading and comparing", samples["same \(step)"] ?? [])
            report.add("\(name): ip -batch + bridge -batch", samples["batch \(step)"] ?? [])
            if metrics {
                report.add("\(name): ip -batch + bridge -batch, metrics", samples["metrics \(step)"] ?? [])
            }
        }
        for step in Step.allCases {
            let felt = median(samples["felt \(step)"] ?? [])
            let name = "\(peers) \(step.rawValue): Felt"
            let limit = step == .add && peers == 10_000 ? 0.1 : 0.5
            let batch = median(samples["batch \(step)"] ?? [])
            report.compare("\(name) / (ip -batch + bridge -batch)", felt / batch, most: limit)
            if metrics {
                report.compare(
                    "\(name) / the same with Felt's metrics", felt / median(samples["metrics \(step)"] ?? []), most: 0.5
                )
            }
            report.compare(
                "\(name) / bare C, reading and comparing", felt / median(samples["same \(step)"] ?? []), most: 1.3)
            report.ratio("\(name) / bare C, reading first", felt / median(samples["read \(step)"] ?? []))
            report.ratio("\(name) / bare C, same messages", felt / median(samples["bare \(step)"] ?? []))
        }
    }

    private func felt(_ peers: Int, _ record: (Step, Double) -> Void) throws {
        scene.clear()
        let configuration = DataplaneConfiguration(
            settings: try Scene.settings(peers: peers), vtepMAC: Scene.mac, ownSubnet: Scene.ownSubnet)
        let driver = try DataplaneDriver()
        let underlay = scene.underlay
        let before = (0..<peers).map { Scene.lease($0) }
        let after = (0..<peers).map { Scene.lease($0, changed: true) }
        _ = try driver.reconcile(configuration, underlay: underlay, peers: [])
        for (step, wanted) in [(Step.add, before), (.change, after), (.remove, [])] {
            var problems = 0
            let time = try measure {
                problems = try driver.reconcile(configuration, underlay: underlay, peers: wanted).failures.count
            }
            guard problems == 0, try scene.isComplete(wanted.count) else {
                throw BenchFailure("Felt's \(step.rawValue): \(try scene.count()), \(problems) refused")
            }
            record(step, time)
        }
    }

    private func bare(_ peers: Int, _ metrics: Bool, _ mode: String, _ record: (Step, Double) -> Void) throws {
        let device = try scene.makeDevice()
        for step in Step.allCases {
            let output = try shell("\(programs.bare) \(step.rawValue) \(peers) \(device) \(metrics ? 1 : 0)\(mode)")
            guard let time = Double(output.split(separator: "\n").first ?? "") else {
                throw BenchFailure("\(programs.bare) printed \(output)")
            }
            guard try scene.isComplete(step == .remove ? 0 : peers) else {
                throw BenchFailure("bare C: \(try scene.count())")
            }
            record(step, time / 1000)
        }
    }

    private func batch(_ peers: Int, metrics: Bool, _ record: (Step, Double) -> Void) throws {
        _ = try scene.makeDevice()
        for step in Step.allCases {
            var (neighbours, forwarding, routes) = ("", "", "")
            for peer in 0..<peers {
                let (subnet, mac, changedMAC) = (Scene.subnet(peer), Scene.mac(peer), Scene.mac(peer, changed: true))
                let (endpoint, changedEndpoint) = (Scene.endpoint(peer), Scene.endpoint(peer, changed: true))
                let metric = metrics ? " metric \(peer + 2)" : ""
                switch step {
                case .add:
                    neighbours += "neigh replace \(subnet.base) lladdr \(mac) dev flannel.1 nud permanent\n"
                    forwarding += "fdb replace \(mac) dev flannel.1 dst \(endpoint) self permanent\n"
                    routes += "route replace \(subnet) via \(subnet.base) dev flannel.1 onlink proto 70\(metric)\n"
                case .change:
                    neighbours += "neigh replace \(subnet.base) lladdr \(changedMAC) dev flannel.1 nud permanent\n"
                    forwarding += "fdb replace \(changedMAC) dev flannel.1 dst \(changedEndpoint) self permanent\n"
                    forwarding += "fdb del \(mac) dev flannel.1 dst \(endpoint) self\n"
                case .remove:
                    routes += "route del \(subnet) via \(subnet.base) dev flannel.1 proto 70\(metric)\n"
                    forwarding += "fdb del \(changedMAC) dev flannel.1 dst \(changedEndpoint) self\n"
                    neighbours += "neigh del \(subnet.base) dev flannel.1\n"
                }
            }
            try (step == .remove ? routes + neighbours : neighbours + routes).write(toPath: "\(scene.folder)/ip")
            try forwarding.write(toPath: "\(scene.folder)/bridge")
            let time = try measure {
                try shell("bridge -batch \(scene.folder)/bridge && ip -batch \(scene.folder)/ip")
            }
            guard try scene.isComplete(step == .remove ? 0 : peers) else {
                throw BenchFailure("ip -batch: \(try scene.count())")
            }
            record(step, time)
        }
    }
}
