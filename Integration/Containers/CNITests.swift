internal import Addressing
import Testing

extension Integration {
    /// Debian's containernetworking-plugins, given the file that `feltd --cni-conf` keeps.
    @Suite(.serialized) struct CNITests {
        private func start(_ lab: Lab, backend: Backend, _ more: [String] = []) async throws -> [CNIPlugins] {
            lab.configure { $0.backend = backend }
            let plugins = lab.nodes.map { CNIPlugins(node: $0, path: "\($0.folder)/net.d/10-felt.conflist") }
            for (node, plugin) in zip(lab.nodes, plugins) {
                node.options.extra = ["--cni-conf", plugin.path] + more
                try node.start()
            }
            for node in lab.nodes { try await node.waitReady() }
            try await lab.waitConverged(backend: backend)
            return plugins
        }

        @Test(arguments: Backend.allCases, [true, false])
        func `containers of the plugins reach those of the other node, under their own addresses with --ip-masq only`(
            backend: Backend, masquerading: Bool
        ) async throws {
            try await Lab.with(nodes: 2) { lab in
                let plugins = try await start(lab, backend: backend, masquerading ? ["--ip-masq"] : [])
                var pods: [Pod] = []
                for (index, plugin) in plugins.enumerated() {
                    for number in 1...2 {
                        let pod = try plugin.add(try lab.addNamespace("c\(index)\(number)"))
                        let subnet = try plugin.node.subnetEnv().subnet
                        #expect(subnet.contains(try IPv4Address(parsing: pod.address)))
                        pods.append(pod)
                    }
                }
                for from in pods {
                    for to in pods where to.address != from.address {
                        let ping = try from.ping(to)
                        #expect(ping.succeeded, "\(ping.report)")
                    }
                }
                // The listener tells whom it sees. The plugin's own masquerading hides the container, as flannel's does.
                let outside = backend == .vxlan ? "\(try lab.nodes[0].subnetEnv().subnet.base)" : lab.nodes[0].address
                let seen = masquerading ? pods[0].address : outside
                let log = "\(lab.folder)/listener"
                let listener = try BackgroundProcess(
                    pods[2].namespace.inside(["socat", "TCP-LISTEN:7000", "SYSTEM:echo $SOCAT_PEERADDR"]), log: log)
                try await waitUntil("the listener tells the address of whom it sees") {
                    let call = try Command.run(
                        pods[0].namespace.inside(["socat", "-T", "5", "-", "TCP:\(pods[2].address):7000"]))
                    return call.lines == [seen] ? nil : call.report + listener.log
                }
                for (pod, plugin) in zip(pods, [plugins[0], plugins[0], plugins[1], plugins[1]]) {
                    try plugin.delete(pod)
                    #expect(
                        try Command.run(["ip", "-n", pod.namespace.name, "link", "show", "eth0"]).succeeded == false)
                }
            }
        }

        @Test func `after a change of subnet the file names the new one, and new containers are given it and reached`()
            async throws
        {
            try await Lab.with(nodes: 2) { lab in
                let plugins = try await start(lab, backend: .vxlan)
                let (node, other) = (lab.nodes[0], lab.nodes[1])
                let old = try node.subnetEnv().subnet
                let before = try plugins[0].add(try lab.addNamespace("before"))
                let far = try plugins[1].add(try lab.addNamespace("far"))
                #expect(try far.ping(before).succeeded)

                let drain = try node.leasectl.run(["drain", "--wait", "--timeout", "60"])
                #expect(drain.succeeded, "\(drain.report)")
                try await waitUntil("the files name another subnet") {
                    let subnet = try node.subnetEnv().subnet
                    return try subnet != old && readText(plugins[0].path).contains("\"\(subnet)\"") ? nil : "\(subnet)"
                }
                try await lab.waitConverged(backend: .vxlan)

                let after = try plugins[0].add(try lab.addNamespace("after"))
                #expect(try node.subnetEnv().subnet.contains(try IPv4Address(parsing: after.address)))
                #expect(try far.ping(after).succeeded)
                #expect(try after.ping(far).succeeded)
                // As the documentation says: what ran before is cut off, and can still be taken away.
                #expect(try far.ping(before, limit: 1).succeeded == false)
                try plugins[0].delete(before)
                #expect(try far.ping(after).succeeded)
                #expect(other.log.contains("fatal") == false)
            }
        }

        /// flannel's own plugin, which Debian does not have, takes the variables by these names and needs the first three
        /// (flannel-io/cni-plugin, flannel.go: loadFlannelSubnetEnv).
        @Test(arguments: [[], ["--ip-masq"]])
        func `subnet.env holds what flannel's CNI plugin needs, once each, without quotes`(more: [String]) async throws
        {
            try await Lab.with(nodes: 1) { lab in
                _ = try await start(lab, backend: .vxlan, more)
                let lines = try readText(lab.nodes[0].subnetFile).split(separator: "\n")
                let pairs = lines.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
                #expect(pairs.allSatisfy { $0.count == 2 && !$0[1].contains("\"") && !$0[1].contains(" ") })
                let values = try #require(Optional(Dictionary(grouping: pairs, by: { $0[0] })))
                #expect(values.values.allSatisfy { $0.count == 1 })
                let network = try IPv4Block(parsing: try #require(values["FLANNEL_NETWORK"]?[0][1]))
                let bridge = try #require(values["FLANNEL_SUBNET"]?[0][1]).split(separator: "/")
                #expect(network.contains(try IPv4Address(parsing: bridge[0])) && Int(bridge[1]) == 24)
                #expect(UInt(try #require(values["FLANNEL_MTU"]?[0][1])) == 1450)
                #expect(values["FLANNEL_IPMASQ"]?[0][1] == (more.isEmpty ? "false" : "true"))
            }
        }
    }
}
