internal import Addressing
internal import Testing

extension Integration {
    /// What somebody does to a running node's kernel is put right: everything as before, what is others' untouched.
    @Suite(.serialized) struct RepairTests {
        private static let damages = [
            "ip route del 10.244.X.0/24", "ip route replace 10.244.X.0/24 via 192.168.50.9",
            "ip route prepend 10.244.X.0/24 via 192.168.50.9", "ip route replace blackhole 10.244.X.0/24",
            "ip route change 10.244.X.0/24 via 10.244.X.0 dev flannel.1 proto 70 onlink mtu 1200",
            "ip route add 10.244.X.0/24 via 192.168.50.9 proto 70 metric 5", "ip route flush proto 70",
            "ip neigh del 10.244.X.0 dev flannel.1",
            "ip neigh replace 10.244.X.0 lladdr 02:00:00:00:00:99 dev flannel.1",
            "ip neigh flush dev flannel.1 nud permanent",
            "bridge fdb del MAC dev flannel.1", "bridge fdb replace MAC dst 192.168.50.66 dev flannel.1",
            "bridge fdb add 02:00:00:00:00:99 dst 192.168.50.66 dev flannel.1", "ip addr flush dev flannel.1",
            "ip addr add 10.244.250.0/32 dev flannel.1", "ip link set flannel.1 down", "ip link set flannel.1 mtu 1300",
            "ip link set flannel.1 address 02:00:00:00:00:98", "ip link del flannel.1",
            // feltd may be the faster one: again until somebody's device has been there.
            "until ip link del flannel.1; ip link add flannel.1 type vxlan id 1 dev eth0 dstport 4789; do :; done",
            "until ip link del flannel.1; ip link add flannel.1 type bridge; do :; done",
            "ip link set eth0 down; ip link set eth0 up; ip route add default via 192.168.50.254",
            "ip link set eth0 down; ip link set eth0 name lan0; ip link set lan0 up; "
                + "ip link set lan0 down; ip link set lan0 name eth0; ip link set eth0 up; "
                + "ip route add default via 192.168.50.254",
            "ip link set eth0 mtu 1400; sleep 0.3; ip link set eth0 mtu 1500",
        ]

        @Test func `every damage to a VXLAN node is put right, and what is others' stays`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let pods = try lab.nodes.map { try $0.addPod() }
                try node.addForeignState()
                let foreign = try node.foreignState()
                let before = try node.dataplane()
                let third = try lab.nodes[1].subnetEnv().subnet.base.description.split(separator: ".")[2]
                let mac = try KernelState.linkAddress("flannel.1", in: lab.nodes[1].namespace)
                let watch = try BackgroundProcess(
                    try node.leasectl.base + ["watch"], log: "\(node.folder)/watch")
                try await waitUntil("the watch has begun") { watch.log.isEmpty ? "a first line" : nil }
                for template in Self.damages {
                    let damage = template.replacing("X", with: third).replacing("MAC", with: mac)
                    let start = ContinuousClock.now
                    try node.namespace.run("sh", "-c", damage)
                    try await waitUntil("after \(damage) all is as before") {
                        let now = try node.dataplane()
                        return now == before ? nil : "expected\n\(before)\nobserved\n\(now)"
                    }
                    print("repair: \(ContinuousClock.now - start) with looking: \(damage)")
                    let differences = try node.leasectlInside(["routes", "--diff"])
                    #expect(differences.succeeded, "after \(damage): \(differences.report)")
                }
                #expect(watch.log.contains("dataplaneRepaired"))
                #expect(try node.foreignState() == foreign)
                #expect(try pods[0].ping(pods[1]).succeeded)
                try await waitUntil("status says that all is well") {
                    let status = try node.leasectl.run(["status"])
                    return status.succeeded ? nil : status.report
                }
            }
        }

        @Test(arguments: [
            "ip route del 10.244.X.0/24", "ip route replace 10.244.X.0/24 via 192.168.50.9", "ip route flush proto 70",
            "ip link set eth0 down; ip link set eth0 up; ip route add default via 192.168.50.254",
        ])
        func `every damage to a host-gw node is put right`(template: String) async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .hostGateway)
                let third = try lab.nodes[1].subnetEnv().subnet.base.description.split(separator: ".")[2]
                try lab.nodes[0].namespace.run("sh", "-c", template.replacing("X", with: third))
                try await lab.waitConverged(backend: .hostGateway)
            }
        }

        @Test func `an underlay that is replaced, moves to another address, or shrinks is followed`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let pods = try lab.nodes.map { try $0.addPod() }
                // Another interface of the same name and address: a card that was changed, a VM that was moved.
                try node.namespace.ip("link del eth0")
                try lab.fabric.ip("link add p-n1 mtu 1500 type veth peer name eth0 mtu 1500 netns \(node.namespace)")
                try lab.fabric.ip("link set p-n1 master br0 up")
                try node.namespace.ip("addr add 192.168.50.1/24 dev eth0")
                try node.namespace.ip("link set eth0 up")
                try node.namespace.ip("route add default via 192.168.50.254 dev eth0")
                try await lab.waitConverged(backend: .vxlan)
                try node.changeAddress(to: "192.168.50.61")
                try await lab.waitConverged(backend: .vxlan)
                try node.namespace.ip("link set eth0 mtu 1400")
                try await waitUntil("the MTU is followed") {
                    let link = try node.namespace.ip("link show flannel.1").output
                    return try link.contains("mtu 1350") && node.subnetEnv().mtu == 1350 ? nil : link
                }
                #expect(try pods[0].ping(pods[1]).succeeded)
            }
        }

        @Test func `whoever deletes a route again and again is told of, and the route is there in the end`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let deletion = "route del \(try lab.nodes[1].subnetEnv().subnet)\n"
                let file = "\(lab.folder)/deletions"
                try writeText(String(repeating: deletion, count: 1_000), to: file)
                let fight = try BackgroundProcess(
                    node.namespace.inside(["sh", "-c", "while :; do ip -force -batch \(file); done"]), log: "/dev/null")
                try await waitUntil("the log tells of it") {
                    node.log.contains("again and again") ? nil : "\(try node.leasectl.status().dataplane)"
                }
                try fight.stop()
                try await lab.waitConverged(backend: .vxlan)
            }
        }

        @Test func `an entry that the kernel refuses is told in status, stops no other, and is tried again`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let subnets = try lab.nodes.map { try $0.subnetEnv().subnet }
                // A next hop that is this machine's own address is no next hop.
                try node.namespace.ip("addr add \(subnets[1].base)/32 dev lo")
                try node.namespace.ip("route flush proto 70")
                try await waitUntil("status tells of the refusal, and the other route is back") {
                    let status = try node.leasectl.run(["-o", "json", "status"])
                    let routes = try node.namespace.ip("route show proto 70").output
                    let isTold = status.output.contains("route \(subnets[1])") && status.status == .exited(5)
                    return isTold && routes.contains("\(subnets[2])") ? nil : status.report + routes
                }
                // Nothing tells of this: it is the next attempt that finds it.
                try node.namespace.ip("addr del \(subnets[1].base)/32 dev lo")
                try await lab.waitConverged(backend: .vxlan)
                try await waitUntil("status says that all is well") {
                    let status = try node.leasectl.run(["status"])
                    return status.succeeded ? nil : status.report
                }
            }
        }

        @Test func `among twenty thousand foreign routes a repair is made all the same, and none of them touched`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let file = "\(lab.folder)/foreign"
                let routes = (0..<20_000).map {
                    "route add 172.\(16 + $0 / 16_384).\($0 / 64 % 256).\($0 % 64 * 4)/30 dev lo proto static"
                }
                try writeText(routes.joined(separator: "\n") + "\n", to: file)
                try node.namespace.run("ip", "-batch", file)
                let digest = ["sh", "-c", "ip route show proto static | sha256sum; ip route show proto static | wc -l"]
                let foreign = try Command.mustRun(node.namespace.inside(digest)).output
                #expect(foreign.contains("20000"))
                let before = try node.dataplane()
                let subnet = try lab.nodes[1].subnetEnv().subnet
                for damage in [
                    "ip route del \(subnet)", "ip route prepend \(subnet) via 192.168.50.9", "ip link del flannel.1",
                ] {
                    let start = ContinuousClock.now
                    try node.namespace.run("sh", "-c", damage)
                    try await waitUntil("after \(damage) all is as before") {
                        try node.dataplane() == before ? nil : try node.dataplane()
                    }
                    print("repair among 20,000: \(ContinuousClock.now - start) with looking: \(damage)")
                }
                #expect(try Command.mustRun(node.namespace.inside(digest)).output == foreign)
            }
        }
    }
}
