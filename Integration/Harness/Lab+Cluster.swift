extension Lab {
    /// Gives all nodes the same options and the same seed list, all addresses, as one configuration for all would.
    func configure(_ change: (inout DaemonOptions) -> Void = { _ in }) {
        for node in nodes {
            node.options.join = nodes.map(\.address)
            change(&node.options)
        }
    }

    /// Starts feltd on all nodes at once and waits until each is ready and knows all.
    func startCluster(backend: Backend) async throws {
        configure { $0.backend = backend }
        for node in nodes { try node.start() }
        for node in nodes { try await node.waitReady() }
        try await waitConverged(backend: backend)
    }

    /// Waits until every node's kernel holds exactly the entries for all the others, and their subnets differ.
    func waitConverged(backend: Backend, device: String = "flannel.1") async throws {
        for node in nodes {
            try await waitUntil("\(node.name) routes to all others") {
                try KernelState(
                    expectedOn: node, peers: nodes.filter { $0 !== node }, backend: backend, device: device
                ).difference(to: KernelState(observing: node, device: device))
            }
        }
        let subnets = try nodes.map { try $0.subnetEnv().subnet }
        guard Set(subnets).count == nodes.count else { throw LabError("two nodes have one subnet: \(subnets)") }
    }

    /// Pings each pod of the other nodes from each pod.
    /// - Returns: the reports of the pings that failed.
    func pingMatrix() throws -> [String] {
        var failures: [String] = []
        for node in nodes {
            for pod in node.pods {
                for target in nodes.filter({ $0 !== node }).flatMap(\.pods) {
                    let ping = try pod.ping(target)
                    if !ping.succeeded { failures.append(ping.report) }
                }
            }
        }
        return failures
    }
}
