internal import Addressing
import Testing

extension Integration {
    /// podman, Docker and systemd-nspawn of Debian on two nodes, set up by the commands that Documentation/containers.md gives.
    /// Their images are one static program, made here.
    @Suite(.serialized) struct RuntimeTests {
        private func machines(_ lab: Lab, _ more: [String] = []) async throws -> [Machine] {
            lab.configure { $0.extra = more }
            var machines: [Machine] = []
            for node in lab.nodes { machines.append(try await Machine(node)) }
            for node in lab.nodes { try node.start() }
            for node in lab.nodes { try await node.waitReady() }
            try await lab.waitConverged(backend: .vxlan)
            try RootFolder.make("\(lab.folder)/root")
            try RootFolder.archive("\(lab.folder)/root", to: "\(lab.folder)/image.tar")
            return machines
        }

        /// The address of a container's only interface, which must be of its node's subnet.
        private func address(_ command: Command, on node: Node) throws -> String {
            guard command.succeeded else { throw LabError(command.report) }
            let subnet = try node.subnetEnv().subnet
            let words = command.output.split { " /\n".contains($0) }
            let address = words.first { (try? IPv4Address(parsing: $0)).map(subnet.contains) == true }
            return String(try #require(address, "no address of \(subnet): \(command.report)"))
        }

        @Test func `podman's containers on two nodes ping each other`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let machines = try await machines(lab)
                let settings = "\(lab.folder)/containers.conf"
                // Small limits and runc, because the machine that runs the tests may be a container itself.
                try writeText(
                    """
                    [containers]
                    default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
                    [engine]
                    cgroup_manager = "cgroupfs"
                    events_logger = "none"
                    runtime = "runc"
                    [network]
                    network_config_dir = "/run/containers/networks"

                    """, to: settings, mode: 0o644)
                let storage = "\(lab.folder)/storage.conf"
                try writeText(
                    """
                    [storage]
                    driver = "vfs"
                    runroot = "/run/containers/storage"
                    graphroot = "/var/lib/containers/storage"

                    """, to: storage, mode: 0o644)
                let environment = ["CONTAINERS_CONF": settings, "CONTAINERS_STORAGE_CONF": storage]
                var addresses: [String] = []
                for machine in machines {
                    try machine.mustRun(
                        ["podman", "import", "\(lab.folder)/image.tar", "docker.io/library/busybox:latest"],
                        environment: environment)
                    for block in try DocumentationBlock.labelled("podman") {
                        try machine.mustRun(block, environment: environment)
                    }
                    let shown = try machine.run(
                        ["podman", "exec", "web", "ip", "-4", "address", "show", "dev", "eth0"],
                        environment: environment)
                    #expect(shown.output.contains("mtu 1450"))
                    addresses.append(try address(shown, on: machine.node))
                }
                for (machine, target) in zip(machines, addresses.reversed()) {
                    let ping = try machine.run(
                        [
                            "podman", "run", "--rm", "--cap-add", "NET_RAW", "--network", "felt", "busybox", "ping",
                            "-c", "1", "-W", "5", target,
                        ],
                        environment: environment)
                    #expect(ping.succeeded, "\(ping.report)")
                }
                for machine in machines {
                    _ = try machine.run(["podman", "rm", "--all", "--force", "--time", "0"], environment: environment)
                }
            }
        }

        @Test func `Docker's containers on two nodes ping each other`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let machines = try await machines(lab, ["--ip-masq"])
                let block = try #require(DocumentationBlock.labelled("docker").first)
                var daemons: [BackgroundProcess] = []
                var addresses: [String] = []
                for machine in machines {
                    daemons.append(
                        try machine.start(
                            ["sh", "-eu", "-c", block.text], environment: ["DOCKER_DRIVER": "vfs"],
                            log: "\(machine.node.folder)/docker.log"))
                    try await waitUntil("dockerd of \(machine.node.name) answers") {
                        let answer = try machine.run(["/usr/bin/docker", "info"])
                        return answer.succeeded ? nil : answer.report + (daemons.last?.log.suffix(2_000) ?? "")
                    }
                    try machine.mustRun(["/usr/bin/docker", "import", "\(lab.folder)/image.tar", "box"])
                    try machine.mustRun(["/usr/bin/docker", "run", "--detach", "--name", "web", "box", "sleep", "600"])
                    let shown = try machine.run(
                        ["/usr/bin/docker", "exec", "web", "ip", "-4", "address", "show", "dev", "eth0"])
                    #expect(shown.output.contains("mtu 1450"))
                    addresses.append(try address(shown, on: machine.node))
                }
                for (machine, target) in zip(machines, addresses.reversed()) {
                    let ping = try machine.run(["/usr/bin/docker", "exec", "web", "ping", "-c", "1", "-W", "5", target])
                    #expect(ping.succeeded, "\(ping.report)")
                }
                for machine in machines { _ = try machine.run(["/usr/bin/docker", "rm", "--force", "web"]) }
                // With dockerd end its containers; the wrapper's own end is the machine's.
                for machine in machines { _ = try machine.run(["sh", "-c", "kill $(cat /run/docker.pid)"]) }
                for daemon in daemons {
                    try await waitUntil("dockerd ends") { daemon.status == nil ? "it runs" : nil }
                }
            }
        }

        @Test func `containers of systemd-nspawn on two nodes ping each other`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let machines = try await machines(lab)
                var targets: [String] = []
                for machine in machines {
                    for block in try DocumentationBlock.labelled("nspawn") { try machine.mustRun(block) }
                    let subnet = try machine.node.subnetEnv().subnet
                    targets.append("\(subnet.base.advanced(by: 2))")
                }
                var running: [BackgroundProcess] = []
                for (index, machine) in machines.enumerated() {
                    let root = "\(machine.node.folder)/app"
                    try RootFolder.make(root)
                    let env = try machine.node.subnetEnv()
                    // What networkd in the container would do by its configuration.
                    let script = """
                        ip address add \(targets[index])/24 dev host0 && ip link set host0 mtu \(env.mtu) up &&
                        ip route add default via \(env.gateway) && until ping -c 1 -W 1 \(targets[1 - index]); do sleep 1; done
                        echo reached; exec sleep 600
                        """
                    running.append(
                        try machine.start(
                            [
                                "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--directory=\(root)",
                                "--machine=app\(index)", "--network-bridge=felt0", "/bin/sh", "-c", script,
                            ], log: "\(machine.node.folder)/nspawn.log"))
                }
                for container in running {
                    try await waitUntil("one container reaches the other") {
                        if let status = container.status { throw LabError("it has ended: \(status)\n\(container.log)") }
                        return container.log.contains("reached") ? nil : container.log
                    }
                }
            }
        }
    }
}
