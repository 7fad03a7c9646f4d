internal import Addressing
internal import Testing

extension Integration {
    /// leasectl's trace, routes and cleanup, and the options of the data plane, on real nodes.
    @Suite(.serialized) struct DataplaneToolTests {
        @Test func `trace follows a packet and probes the owner, with the daemon up and down`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let (node, peer) = (lab.nodes[0], lab.nodes[1])
                for each in lab.nodes { try each.addPod() }
                let address = peer.pods[0].address
                let probed = try node.leasectlInside(["-o", "json", "trace", address, "--probe"])
                #expect(probed.succeeded, "\(probed.report)")
                for part in [
                    "\"owner\": \"n2\"", "\"name\": \"route\"", "\"name\": \"neighbour\"", "\"name\": \"fdb\"",
                    "\"name\": \"underlay\"", "roundTripMilliseconds",
                ] { #expect(probed.output.contains(part), "\(part) is not in \(probed.output)") }
                #expect(try node.leasectlInside(["trace", node.pods[0].address]).succeeded)
                #expect(try node.leasectlInside(["trace", "192.168.50.2"]).output.contains("outside"))
                #expect(try node.leasectlInside(["trace", "nonsense"]).status == .exited(64))
                let free = try (1...254).map { "10.244.\($0).9" }.first { address in
                    try !lab.nodes.contains { "\(try $0.subnetEnv().subnet.base)".hasPrefix(address.dropLast(1)) }
                }
                #expect(try node.leasectlInside(["trace", free ?? ""]).status == .exited(4))
                try node.stop()
                let offline = try node.leasectlInside(["trace", address, "--probe"])
                #expect(offline.succeeded && offline.errors.contains("not running"), "\(offline.report)")
                let subnet = try peer.subnetEnv().subnet
                try node.namespace.ip("route del \(subnet)")
                let broken = try node.leasectlInside(["trace", address])
                #expect(broken.status == .exited(5) && broken.output.contains("start feltd"), "\(broken.report)")
                let differences = try node.leasectlInside(["routes", "--diff"])
                #expect(differences.status == .exited(5) && differences.lines.count == 2, "\(differences.report)")
                #expect(try node.leasectlInside(["routes"]).output.contains("missing"))
            }
        }

        @Test func `cleanup refuses while feltd runs, shows, then removes all of felt's and nothing else`() async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { $0.extra = ["--ip-masq", "--blackhole"] }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                let node = lab.nodes[0]
                try await waitUntil("the routes and rules are there") {
                    let rules = try Command.run(node.namespace.inside(["nft", "list", "table", "ip", "felt"]))
                    let routes = try node.namespace.ip("route show proto 70").lines
                    return rules.succeeded && routes.count == 2 ? nil : "\(rules.report) \(routes)"
                }
                try node.addForeignState()
                let foreign = try node.foreignState()
                let before = try node.dataplane()
                let refused = try node.leasectlInside(["cleanup"])
                #expect(refused.status == .exited(5) && refused.errors.contains("stop it first"), "\(refused.report)")
                // Neither socket nor database tell: what runs here does.
                let blind = Leasectl(socket: "\(lab.folder)/none", database: "\(lab.folder)/none.db")
                let unseen = try Command.run(node.namespace.inside(try blind.base + ["cleanup"]))
                #expect(unseen.status == .exited(5), "\(unseen.report)")
                #expect(try node.dataplane() == before)
                try node.stop()
                let dry = try Command.run(node.namespace.inside(try blind.base + ["cleanup", "--dry-run"]))
                #expect(
                    dry.succeeded && dry.output.contains("flannel.1") && dry.output.contains("table ip felt"),
                    "\(dry.report)")
                #expect(try node.dataplane() == before)
                let done = try Command.run(node.namespace.inside(try blind.base + ["cleanup"]))
                #expect(done.succeeded, "\(done.report)")
                #expect(try node.foreignState() == foreign)
                #expect(try !KernelState.hasDevice("flannel.1", in: node.namespace))
                #expect(try node.namespace.ip("route show proto 70").lines == [])
                #expect(try !Command.run(node.namespace.inside(["nft", "list", "table", "ip", "felt"])).succeeded)
                try node.start()
                try await node.waitReady()
                try await waitUntil("the next start puts all back") {
                    let now = try node.dataplane()
                    return now == before ? nil : now
                }
            }
        }

        @Test func `the rules of ip-masq come back when they are flushed or changed, and go when no longer wanted`()
            async throws
        {
            try await Lab.with(nodes: 1) { lab in
                lab.configure { $0.extra = ["--ip-masq"] }
                let node = lab.nodes[0]
                try node.start()
                try await node.waitReady()
                func rules() throws -> Command {
                    try Command.run(node.namespace.inside(["nft", "-s", "list", "ruleset"]))
                }
                try await waitUntil("the rules are there") {
                    try rules().output.contains("masquerade fully-random") ? nil : try rules().report
                }
                let before = try rules().output
                for damage in ["flush ruleset", "delete table ip felt", "flush chain ip felt forward"] {
                    let start = ContinuousClock.now
                    try node.namespace.run("nft", damage)
                    try await waitUntil("after \(damage) the rules are as before") {
                        let now = try rules().output
                        return now == before ? nil : now
                    }
                    print("repair: \(ContinuousClock.now - start) with looking: nft \(damage)")
                }
                try node.stop()
                node.options.extra = []
                try node.start()
                try await node.waitReady()
                try await waitUntil("the rules are gone") {
                    let now = try rules().output
                    return now.isEmpty ? nil : now
                }
            }
        }

        @Test func `the options of the data plane take effect, and another device name leaves no former one`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure {
                    $0.extra = ["--device", "overlay0", "--no-udp-checksum", "--mtu", "9000", "--blackhole"]
                }
                let node = lab.nodes[0]
                try node.namespace.set("net/ipv4/ip_forward", to: "0")
                for each in lab.nodes { try each.start() }
                for each in lab.nodes { try await each.waitReady() }
                let link = try node.namespace.ip("-d link show overlay0").output
                #expect(link.contains("noudpcsum") && link.contains("mtu 1450"), "\(link)")
                let subnet = try node.subnetEnv().subnet
                #expect(
                    try node.namespace.ip("route show proto 70").lines.contains { $0.hasPrefix("blackhole \(subnet)") })
                let status = try node.leasectl.run(["status"])
                #expect(
                    status.succeeded && status.output.contains("net.ipv4.ip_forward") && status.output.contains("--mtu")
                )
                #expect(node.log.contains("net.ipv4.ip_forward"))
                #expect(try node.namespace.setting("net/ipv4/ip_forward") == "0")
                try node.stop()
                node.options.extra = ["--ip-forward"]
                try node.start()
                try await node.waitReady()
                #expect(try node.namespace.setting("net/ipv4/ip_forward") == "1")
                #expect(try !KernelState.hasDevice("overlay0", in: node.namespace))
                #expect(try KernelState.hasDevice("flannel.1", in: node.namespace))
                try node.namespace.set("net/ipv4/ip_forward", to: "0")
                try await waitUntil("forwarding is on again") {
                    try node.namespace.setting("net/ipv4/ip_forward") == "1" ? nil : "it is off"
                }
            }
        }
    }
}
