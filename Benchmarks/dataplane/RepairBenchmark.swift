internal import Addressing
internal import Dataplane
internal import Glibc
internal import Netlink

/// What somebody breaks while the daemon runs with 1,000 peers: from the start of the command that breaks it (some five
/// milliseconds are its own) until everything is as it was.
struct RepairBenchmark {
    let scene: Scene
    let programs: Programs
    let rounds: Int

    private static let peers = 1_000

    private struct Fault {
        var name: String
        /// Milliseconds.
        var limit: Double
        var command: String
        /// Looked for until it succeeds; cheap, so that looking does not disturb.
        var isRepaired: (Scene) throws -> Bool
    }

    func run(_ report: inout Report) throws {
        let state = "\(scene.folder)/state-repair"
        try StoreMaker(directory: state, peers: Self.peers).make()
        scene.clear()
        let daemon = try Daemon(programs, scene: scene, state: state, extra: ["--ip-masq"])
        defer { daemon.stop() }
        _ = try daemon.awaitReady()
        report.title(
            "Repair with \(Self.peers) peers: from the start of the command that breaks it until all is as it was")
        for fault in faults(of: daemon) {
            var samples: [Double] = []
            for _ in 0..<rounds {
                // Beyond the time in which the daemon gathers what comes together.
                usleep(700_000)
                let start = now()
                try shell(fault.command)
                _ = try waitFor("the repair of: \(fault.name)") { try fault.isRepaired(scene) }
                samples.append(now() - start)
            }
            report.add(fault.name, samples)
            report.compare("\(fault.name): median", median(samples), most: fault.limit, unit: "ms")
        }
    }

    private func faults(of daemon: Daemon) -> [Fault] {
        let (subnet, mac) = (Scene.subnet(500), Scene.mac(500))
        let whole = { (scene: Scene) in try scene.isComplete(Self.peers) && Self.isDeviceRight() }
        return [
            Fault(name: "route deleted", limit: 50, command: "ip route del \(subnet)") {
                try $0.count().routes == Self.peers
            },
            Fault(
                name: "route replaced by another's", limit: 50,
                command: "ip route replace \(subnet) via 192.168.50.254 dev eth0 proto static"
            ) { try $0.count().routes == Self.peers },
            Fault(name: "neighbour deleted", limit: 50, command: "ip neigh del \(subnet.base) dev flannel.1") {
                try $0.count().neighbours == Self.peers
            },
            Fault(
                name: "forwarding entry deleted", limit: 50,
                command: "bridge fdb del \(mac) dev flannel.1 dst \(Scene.endpoint(500)) self"
            ) { try $0.count().forwarding == Self.peers },
            Fault(name: "address deleted", limit: 500, command: "ip addr flush dev flannel.1", isRepaired: whole),
            Fault(name: "device deleted", limit: 500, command: "ip link del flannel.1", isRepaired: whole),
            // Held meanwhile: it would be the faster one, and there would be no place for another's device.
            Fault(
                name: "device replaced by one of another VNI", limit: 500,
                command: "kill -STOP \(daemon.pid); ip link del flannel.1; "
                    + "ip link add flannel.1 type vxlan id 7 dev eth0 dstport 4789; kill -CONT \(daemon.pid)",
                isRepaired: whole),
            Fault(name: "device set down", limit: 500, command: "ip link set flannel.1 down", isRepaired: whole),
            Fault(
                name: "device's MAC address changed", limit: 500,
                command: "ip link set flannel.1 address 02:00:00:00:00:99", isRepaired: whole),
            Fault(
                name: "device's MTU changed", limit: 500, command: "ip link set flannel.1 mtu 1300", isRepaired: whole),
            Fault(
                name: "underlay set down and up", limit: 500,
                command: "ip link set eth0 down; ip link set eth0 up; ip route add default via 192.168.50.254 dev eth0",
                isRepaired: whole),
            Fault(
                name: "all of our routes flushed", limit: 500, command: "ip route flush proto 70",
                isRepaired: whole),
            Fault(name: "nftables flushed", limit: 500, command: "nft flush ruleset") { _ in
                succeeds("nft list table ip felt | grep -q masquerade")
            },
        ]
    }

    private static func isDeviceRight() throws -> Bool {
        var socket = try NetlinkSocket()
        guard let link = try socket.link(named: "flannel.1") else { return false }
        let addresses = try socket.addresses(of: link.index)
        return link.isUp && link.mtu == 1450 && link.mac == Scene.mac && link.vxlan?.vni == 1
            && addresses.contains { $0.address == Scene.ownSubnet.base }
    }
}
