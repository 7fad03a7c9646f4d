internal import ControlAPI
internal import FoundationEssentials
internal import Glibc
import TestSupport
import Testing

extension Integration {
    /// Each test breaks one thing and sees leasectl doctor find it, and nothing of it before.
    @Suite(.serialized) struct DoctorTests {
        @Test func `a healthy node has no finding of its own doing`() async throws {
            try await Self.withCluster { lab in
                let report = try lab.nodes[0].doctor()
                #expect(report.ids.isEmpty, "\(report)")
                #expect(report.ok && report.unknown.isEmpty, "\(report)")
            }
        }

        @Test func `routes and addresses in the cluster's network`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                try node.namespace.ip("link add f0 type veth peer name f1")
                try node.namespace.ip("link set f0 up")
                try node.namespace.ip("addr add 10.244.77.1/24 dev f0")
                try node.namespace.ip("route add 10.244.64.0/22 dev eth0")
                let report = try node.doctor()
                #expect(report.finding("overlap-address")?.what.contains("10.244.77.1/24") == true, "\(report)")
                #expect(report.finding("overlap-route")?.what.contains("10.244.64.0/22") == true, "\(report)")
            }
        }

        @Test func `pools of Docker and podman in the cluster's network`() async throws {
            try await Self.withCluster { lab in
                let report = try lab.nodes[0].doctor(files: [
                    "etc/docker/daemon.json": #"{"bip":"10.244.200.1/24"}"#,
                    "etc/containers/networks/lab.json": #"{"subnets":[{"subnet":"10.244.201.0/24"}]}"#,
                ])
                #expect(report.finding("overlap-docker")?.subject == "10.244.200.0/24", "\(report)")
                #expect(report.finding("overlap-podman")?.subject == "10.244.201.0/24", "\(report)")
            }
        }

        @Test func `forwarding off, a strict rp_filter, and both put right by --fix`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                try node.namespace.set("net/ipv4/conf/eth0/rp_filter", to: "1")
                try node.namespace.set("net/ipv4/ip_forward", to: "0")
                let broken = try node.doctor()
                #expect(broken.ids == ["ip-forward", "rp-filter"], "\(broken)")
                let dry = try node.doctor("--fix", "--dry-run")
                #expect(dry.ids == ["ip-forward", "rp-filter"] && !dry.ok, "\(dry)")
                #expect(try node.namespace.setting("net/ipv4/ip_forward") == "0")
                let fixed = try node.doctor("--fix")
                #expect(fixed.ok && fixed.findings.allSatisfy { $0.fixed == true }, "\(fixed)")
                #expect(try node.namespace.setting("net/ipv4/ip_forward") == "1")
                #expect(try node.namespace.setting("net/ipv4/conf/eth0/rp_filter") == "2")
                #expect(try node.doctor().ok)
            }
        }

        @Test func `a firewall that drops what is forwarded`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                try node.namespace.run(
                    "nft",
                    "table ip filter { chain FORWARD { type filter hook forward priority 0; policy drop; "
                        + "ct state established accept; }; }")
                let report = try node.doctor()
                #expect(report.ids == ["forward-drop"], "\(report)")
                #expect(report.findings[0].fix.hasPrefix("iptables -I FORWARD -s 10.244.0.0/16 -j ACCEPT"), "\(report)")
                try node.namespace.run("nft", "insert rule ip filter FORWARD ip saddr 10.244.0.0/16 accept")
                #expect(try node.doctor().ok)
                try node.namespace.run("nft", "table inet mine { chain f { type filter hook forward priority 5; }; }")
                try node.namespace.run("nft", "add rule inet mine f oifname flannel.1 reject")
                let second = try node.doctor()
                #expect(second.finding("forward-drop")?.subject == "inet mine f", "\(second)")
            }
        }

        @Test func `udev, systemd-networkd, NetworkManager and dhcpcd on our device, and the files that stop them`()
            async throws
        {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                let files = [
                    "usr/lib/systemd/systemd-udevd": "",
                    "usr/lib/systemd/network/99-default.link":
                        "[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=persistent\n",
                    "run/systemd/netif/state": "", "etc/systemd/network/80-all.network": "[Match]\nName=*\n",
                    "run/NetworkManager/state": "", "etc/NetworkManager/NetworkManager.conf": "[main]\n",
                    "etc/dhcpcd.conf": "hostname\n",
                ]
                let ids = [
                    "dhcpcd-device", "networkd-device", "networkd-routes", "networkmanager-device", "udev-mac-policy",
                ]
                let broken = try node.doctor(files: files)
                #expect(broken.ids == ids, "\(broken)")
                let fixed = try node.doctor("--fix")
                #expect(fixed.ids == ids && fixed.ok, "\(fixed)")
                #expect(try node.doctor().ok)
            }
        }

        @Test func `a device larger than what it goes over`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                // feltd would follow.
                try node.stop(SIGKILL)
                try node.namespace.ip("link set eth0 mtu 1460")
                let report = try node.doctor()
                let what = report.finding("mtu-device")?.what
                #expect(what?.contains("1450") == true && what?.contains("1460") == true, "\(report)")
            }
        }

        @Test func `entries of the kernel that are stale, and a daemon that does not run`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                let subnet = try lab.nodes[1].subnetEnv().subnet
                try node.stop()
                let stopped = try node.doctor()
                #expect(stopped.ids.contains("daemon-down"), "\(stopped)")
                #expect(!stopped.ids.contains { $0.hasPrefix("kernel-") }, "\(stopped)")
                try node.namespace.ip("route add 10.244.250.0/24 via 10.244.250.0 dev flannel.1 onlink proto 70")
                try node.namespace.ip("route del \(subnet)")
                let report = try node.doctor()
                #expect(report.finding("kernel-stale")?.subject == "10.244.250.0/24", "\(report)")
                #expect(report.finding("kernel-missing")?.subject == "\(subnet)", "\(report)")
            }
        }

        @Test func `the wall clock in 1970`() async throws {
            try await Self.withCluster { lab in
                let node = lab.nodes[0]
                let library = try FaultLibrary(in: lab.folder)
                try writeText("\(-time(nil))\n", to: "\(lab.folder)/clock")
                let report = try node.doctor(environment: library.environment(clock: "\(lab.folder)/clock"))
                #expect(report.ids == ["clock-unset"], "\(report)")
            }
        }
    }
}

extension Integration.DoctorTests {
    /// Two nodes that are well.
    static func withCluster(nodes: Int = 2, _ body: (Lab) async throws -> Void) async throws {
        try await Lab.with(nodes: nodes) { lab in
            try await lab.startCluster(backend: .vxlan)
            try await body(lab)
        }
    }
}

/// What `leasectl doctor -o json` prints.
struct DoctorReport: Decodable {
    struct Finding: Decodable {
        var id: String
        var subject: String?
        var what: String
        var why: String
        var fix: String
        var fixable: Bool
        var fixed: Bool?
    }

    struct Unknown: Decodable {
        var what: String
        var reason: String
    }

    var ok: Bool
    var findings: [Finding]
    var unknown: [Unknown]

    /// Sorted, each once.
    var ids: [String] { Set(findings.map(\.id)).sorted() }

    func finding(_ id: String) -> Finding? { findings.first { $0.id == id } }
}

extension Node {
    /// Runs doctor inside; what of the machine is read from files is that of an empty one with these.
    func doctor(
        _ arguments: String..., files: [String: String] = [:], environment: [String: String] = [:]
    ) throws -> DoctorReport {
        let root = "\(folder)/root"
        try Command.mustRun(["mkdir", "-p", root])
        for (name, text) in files {
            let path = "\(root)/\(name)"
            try Command.mustRun(["mkdir", "-p", String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])])
            try writeText(text, to: path, mode: 0o644)
        }
        let command = try Command.run(
            namespace.inside(try leasectl.base + ["doctor", "-o", "json", "--root", root] + arguments),
            environment: environment)
        let report: DoctorReport
        do {
            report = try JSONDecoder().decode(DoctorReport.self, from: Data(command.output.utf8))
        } catch {
            throw LabError("\(command.report)\nis no report of doctor: \(error)")
        }
        guard command.status == .exited(report.ok ? 0 : 5) else { throw LabError(command.report) }
        return report
    }
}
