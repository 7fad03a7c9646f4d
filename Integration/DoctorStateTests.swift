internal import Addressing
import Testing

extension Integration {
    /// What the daemon itself cannot do, and what is nearly or quite used up.
    @Suite(.serialized) struct DoctorStateTests {
        @Test func `a node that finds no subnet is not ready`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure {
                    $0.network = "10.244.0.0/24"
                    $0.extra = ["--subnet-len", "26", "--subnet-min", "10.244.0.64", "--subnet-max", "10.244.0.64"]
                }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                try lab.nodes[1].start()
                try await waitUntil("n2 has joined, and got nothing") {
                    let status = try lab.nodes[1].leasectl.status()
                    return status.peers.alive == 1 && !status.ready && status.lease == nil ? nil : "\(status)"
                }
                let report = try lab.nodes[1].doctor()
                #expect(report.finding("not-ready")?.what.contains("lease none") == true, "\(report)")
                #expect(report.finding("pool-full")?.what.contains("1 of 1") == true, "\(report)")
                #expect(try lab.nodes[0].doctor().finding("not-ready") == nil)
            }
        }

        @Test func `a pool of which nine tenths are used`() async throws {
            try await Lab.with(nodes: 9) { lab in
                lab.configure {
                    $0.network = "10.244.0.0/24"
                    $0.extra = ["--subnet-len", "28", "--subnet-min", "10.244.0.16", "--subnet-max", "10.244.0.160"]
                }
                for node in lab.nodes.dropLast() { try node.start() }
                for node in lab.nodes.dropLast() { try await node.waitReady() }
                try await waitUntil("eight are known") {
                    try lab.nodes[0].leasectl.list().count == 8 ? nil : "not yet"
                }
                #expect(try lab.nodes[0].doctor().ids.isEmpty)
                try lab.nodes[8].start()
                try await lab.nodes[8].waitReady()
                try await lab.waitConverged(backend: .vxlan)
                let report = try lab.nodes[0].doctor()
                #expect(report.ids == ["pool-low"], "\(report)")
                #expect(report.findings[0].what == "9 of 10 subnets are used, 1 free", "\(report)")
            }
        }

        @Test func `a peer behind a router is skipped by host-gw`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let (near, far) = (lab.nodes[0], lab.nodes[1])
                try lab.fabric.ip("addr add 192.168.51.254/24 dev br0")
                try lab.fabric.set("net/ipv4/ip_forward", to: "1")
                try far.namespace.ip("addr del \(far.address)/24 dev eth0")
                try far.namespace.ip("addr add 192.168.51.2/24 dev eth0")
                try far.namespace.ip("route replace default via 192.168.51.254 dev eth0")
                lab.configure {
                    $0.backend = .hostGateway
                    $0.join = ["192.168.50.1", "192.168.51.2"]
                }
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                let subnet = try far.subnetEnv().subnet
                try await waitUntil("n1 knows n2's lease") {
                    try near.leasectl.list().count == 2 ? nil : "\(try near.leasectl.list())"
                }
                let report = try near.doctor()
                #expect(report.ids == ["peer-skipped"], "\(report)")
                let finding = report.finding("peer-skipped")
                #expect(finding?.subject == "n2" && finding?.what.contains("not on-link") == true, "\(report)")
                #expect(finding?.fix == "leasectl trace \(subnet.base)", "\(report)")
                // What it tells to type says the same.
                let trace = try near.leasectlInside(["trace", "\(subnet.base)"])
                #expect(trace.status == .exited(5) && trace.output.contains("not on-link"), "\(trace.report)")
            }
        }

        @Test func `a VXLAN device of somebody else that has our VNI`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                try node.stop()
                try node.namespace.ip("link del flannel.1")
                try node.namespace.ip("link add other0 type vxlan id 1 dev eth0 dstport 8472 nolearning")
                try node.start()
                try await waitUntil("the kernel has refused the device") {
                    let report = try node.doctor()
                    return report.finding("dataplane-refused") != nil ? nil : "\(report)"
                }
                let report = try node.doctor()
                let finding = report.finding("dataplane-refused")
                #expect(finding?.subject?.contains("flannel.1") == true, "\(report)")
                #expect(report.ids.contains("not-ready"), "\(report)")
                try node.namespace.ip("link del other0")
                try await node.waitReady()
                try await lab.waitConverged(backend: .vxlan)
                #expect(try node.doctor().ids.isEmpty)
            }
        }

        @Test func `entries of the kernel that are others than they should be`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let subnet = try lab.nodes[1].subnetEnv().subnet
                // feltd would put it right.
                try node.stop()
                let other = "lladdr 02:00:00:00:00:99 dev flannel.1 nud permanent"
                try node.namespace.ip("neigh replace \(subnet.base) \(other)")
                let report = try node.doctor()
                let finding = report.finding("kernel-differs")
                #expect(finding?.subject == "\(subnet.base)", "\(report)")
                #expect(finding?.what.contains("02:00:00:00:00:99") == true, "\(report)")
                try node.start()
                try await node.waitReady()
                try await waitUntil("feltd has put it right") {
                    let report = try node.doctor()
                    return report.ids.isEmpty ? nil : "\(report)"
                }
            }
        }

        @Test func `iptables of the old kind that drop what is forwarded`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                try node.namespace.run("iptables-legacy", "-P", "FORWARD", "DROP")
                let report = try node.doctor()
                #expect(report.ids == ["forward-drop"], "\(report)")
                let finding = try #require(report.finding("forward-drop"))
                #expect(finding.fix.hasPrefix("iptables-legacy -I FORWARD -s 10.244.0.0/16"), "\(report)")
                // What it tells to type helps.
                let fixed = try Command.run(node.namespace.inside(["sh", "-euc", finding.fix]))
                #expect(fixed.succeeded, "\(fixed.report)")
                #expect(try node.doctor().ids.isEmpty)
            }
        }

        @Test func `every finding is in the documentation, and some test has seen it`() throws {
            let folder = DocumentationPage.packageFolder
            let pattern = #""[a-z]+(-[a-z]+)+""#
            let found = try Command.mustRun(["grep", "-rhoE", pattern, "\(folder)/Sources/Diagnosis/Checks"])
            // A command, not a finding.
            let ids = Set(found.lines.map { $0.replacing("\"", with: "") }).subtracting(["iptables-legacy"])
            #expect(ids.count > 30, "the sources were not read")
            let tests = try Command.mustRun(["sh", "-c", "cat \(folder)/Integration/Doctor*Tests.swift"]).output
            let page = try readText("\(folder)/Documentation/doctor.md")
            for id in ids {
                #expect(tests.contains("\"\(id)\""), "no test sees \(id)")
                #expect(page.contains("`\(id)`"), "doctor.md does not have \(id)")
            }
        }
    }
}
