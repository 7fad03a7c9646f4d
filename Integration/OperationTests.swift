internal import Addressing
internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct OperationTests {
        @Test
        func `subnet.env is as flannel writes it, mode 0644, and feltd tells the service manager that it is ready`()
            async throws
        {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let socket = try NotifySocket(path: "\(lab.folder)/notify")
                node.options.environment["NOTIFY_SOCKET"] = socket.path
                try node.start()
                try await waitUntil("READY=1 has come") {
                    socket.drain()
                    return socket.received.contains("READY=1") ? nil : socket.received
                }
                // By the time it is said, it is so.
                let env = try node.subnetEnv()
                #expect("\(env.network)" == "10.244.0.0/16")
                #expect(env.subnet.prefixLength == 24 && env.mtu == 1450 && !env.masquerade)
                #expect(try fileMode(node.subnetFile) == 0o644)
                #expect(
                    try KernelState(expectedOn: node, peers: [], backend: .vxlan)
                        .difference(to: KernelState(observing: node)) == nil)
                let status = try node.leasectl.status()
                #expect(status.ready && status.lease == "\(env.subnet)")
                #expect(try fileMode("\(node.runFolder)/feltd.sock") == 0o660)
                #expect(try fileMode("\(node.stateFolder)/identity") == 0o600)
                // Two seconds by contract; the rest is for a busy machine.
                #expect(try node.stop(limit: .seconds(5)) == .exited(0))
            }
        }

        @Test func `while its subnet file cannot be written feltd says so and is not ready`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let folder = "\(node.folder)/env"
                try writeText("", to: folder)
                try node.start()
                try await waitUntil("the log names the file") {
                    node.log.contains(node.subnetFile) && node.log.contains("--subnet-file") ? nil : node.log
                }
                #expect(try !node.leasectl.status().ready)
                #expect(try node.stop() == .exited(0))
                try Command.mustRun(["rm", folder])
                try node.start()
                try await node.waitReady()
                #expect(try fileMode(node.subnetFile) == 0o644)
            }
        }

        @Test func `with the daemon down leasectl reads the database and says so`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let before = try lab.nodes[0].leasectl.list()
                try lab.nodes[0].stop()
                let offline = try lab.nodes[0].leasectl.run(["-o", "json", "list"])
                #expect(offline.succeeded && offline.errors.contains("not running"))
                #expect(try lab.nodes[0].leasectl.list().map(\.subnet) == before.map(\.subnet))
                #expect(try lab.nodes[0].leasectl.run(["get", "n2"]).succeeded)
                #expect(try lab.nodes[0].leasectl.run(["status"]).status == .exited(3))
                #expect(try lab.nodes[0].leasectl.run(["get", "nobody"]).status == .exited(4))
            }
        }

        @Test func `a joiner that names no settings takes the cluster's`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure { options in
                    options.network = "10.9.0.0/16"
                    options.backend = .hostGateway
                }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                lab.nodes[1].options.network = nil
                lab.nodes[1].options.backend = nil
                try lab.nodes[1].start()
                try await lab.nodes[1].waitReady()
                #expect("\(try lab.nodes[1].subnetEnv().network)" == "10.9.0.0/16")
                try await lab.waitConverged(backend: .hostGateway)
            }
        }

        @Test func `a joiner that contradicts the cluster's settings refuses to start and names each difference`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                let joiner = lab.nodes[1]
                joiner.options.network = "10.99.0.0/16"
                joiner.options.extra = ["--vni", "7", "--subnet-len", "26"]
                let run = try joiner.runFeltd(joiner.feltdArguments)
                #expect(run.status == .exited(64))
                let parts = [
                    "--network", "10.99.0.0/16", "10.244.0.0/16", "--vni", "7", "--subnet-len", "26", "24",
                ]
                for part in parts {
                    #expect(run.errors.contains(part), "\(part) is not in \(run.errors)")
                }
                #expect(!fileExists(joiner.subnetFile))
                #expect(try KernelState(observing: joiner).routes == [])
                #expect(try !KernelState.hasDevice("flannel.7", in: joiner.namespace))
                #expect(try lab.nodes[0].leasectl.list().count == 1)
                // Its settings corrected, it joins with what the refusal has left.
                joiner.options = lab.nodes[0].options
                try joiner.start()
                try await joiner.waitReady()
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `the token of a node that made its own key lets another join`() async throws {
            try await Lab.with(nodes: 2) { lab in
                for node in lab.nodes { node.options.keyFile = nil }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                let token = try lab.nodes[0].leasectl.run(["token"])
                lab.nodes[1].options.join = [try #require(token.lines.first)]
                try lab.nodes[1].start()
                try await lab.nodes[1].waitReady()
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `two machines that live under one identity at once end with two identities and two subnets`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                for node in lab.nodes.prefix(2) { try node.start() }
                for node in lab.nodes.prefix(2) { try await node.waitReady() }
                // The fingerprint is the same: identical hardware, or containers on one machine.
                try Command.mustRun(["cp", "-a", lab.nodes[1].stateFolder, lab.nodes[2].stateFolder])
                try lab.nodes[2].start()
                try await waitUntil("there are three identities") {
                    let identities = Set(try lab.nodes.map { try $0.leasectl.status().nodeID })
                    return identities.count == 3 ? nil : "\(identities)"
                }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `a clone of a running machine's disk takes an identity and a subnet of its own`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                let (original, clone) = (lab.nodes[0], lab.nodes[1])
                try original.start()
                try await original.waitReady()
                try Command.mustRun(["cp", "-a", original.stateFolder, clone.stateFolder])
                try writeText("another machine\n", to: "\(clone.folder)/machine-id")
                clone.bindMachineID = "\(clone.folder)/machine-id"
                try clone.start()
                try await clone.waitReady()
                try await lab.waitConverged(backend: .vxlan)
                let identities = try lab.nodes.map { try $0.leasectl.status().nodeID }
                #expect(identities[0] != identities[1])
                #expect(clone.log.contains("identity-cloned"))
            }
        }

        @Test func `of two machines with one VTEP MAC address one takes another, and keeps it`() async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                for node in lab.nodes { try node.addPod() }
                func address(_ node: Node) throws -> String? {
                    try node.leasectl.list().first { $0.node == node.name }?.vtepMAC
                }
                let (original, copy) = (lab.nodes[0], lab.nodes[1])
                let shared = try #require(try address(original))
                try copy.stop()
                try Command.mustRun(
                    ["sqlite3", "\(copy.stateFolder)/felt.db", "UPDATE own SET vtep_mac = '\(shared)'"])
                try copy.start()
                try await waitUntil("each has an address of its own") {
                    let addresses = try lab.nodes.compactMap(address)
                    return Set(addresses).count == 3 ? nil : "\(addresses)"
                }
                try await lab.waitConverged(backend: .vxlan)
                #expect(try lab.pingMatrix() == [])
                let yielded = [original, copy].filter { $0.log.contains("vtep-address-shared") }
                #expect(yielded.count == 1)
                let kept = try lab.nodes.map(address)
                for node in yielded {
                    try node.stop()
                    try node.start()
                    try await node.waitReady()
                }
                let found = try lab.nodes.map(address)
                #expect(found == kept)
            }
        }
    }
}
