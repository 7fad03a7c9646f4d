internal import Addressing

/// What a node's kernel holds for the overlay, as the tools print it.
struct KernelState: Equatable {
    /// The main table's IPv4 routes but those of the machine itself: default, eth0's and cni0's own networks.
    var routes: [String]
    var neighbours: [String]
    var forwarding: [String]
    var addresses: [String]

    /// Reads it with ip and bridge. A missing device has no entries.
    init(observing node: Node, device: String = "flannel.1") throws {
        let space = node.namespace
        routes = try space.ip("-4 route show").lines.filter {
            !$0.hasPrefix("default ") && !$0.hasPrefix("192.168.50.0/24 ") && !$0.contains(" dev cni0 ")
                && !$0.contains(KernelMonitor.marker)
        }
        guard try Self.hasDevice(device, in: space) else {
            (neighbours, forwarding, addresses) = ([], [], [])
            return
        }
        neighbours = try space.ip("-4 neigh show dev \(device)").lines
        forwarding = try space.bridge("fdb show dev \(device)").lines
        addresses = try space.ip("-4 addr show dev \(device)").lines.filter { $0.hasPrefix("inet ") }
    }

    /// What flannel would leave there for these peers (the ground truth), with the routes under felt's own protocol.
    init(expectedOn node: Node, peers: [Node], backend: Backend, device: String = "flannel.1") throws {
        (routes, neighbours, forwarding, addresses) = ([], [], [], [])
        if backend == .vxlan {
            addresses = ["inet \(try node.subnetEnv().subnet.base)/32 scope global \(device)"]
        }
        for peer in peers {
            let subnet = try peer.subnetEnv().subnet
            switch backend {
            case .hostGateway:
                routes.append("\(subnet) via \(peer.address) dev eth0 proto 70")
            case .vxlan:
                let mac = try Self.linkAddress(device, in: peer.namespace)
                routes.append("\(subnet) via \(subnet.base) dev \(device) proto 70 onlink")
                neighbours.append("\(subnet.base) lladdr \(mac) PERMANENT")
                forwarding.append("\(mac) dst \(peer.address) self permanent")
            }
        }
    }

    /// What differs from this state in another; `nil` when they are equal.
    func difference(to observed: KernelState) -> String? {
        let parts = [
            IntegrationTests.difference("routes", expected: routes, observed: observed.routes),
            IntegrationTests.difference("neighbours", expected: neighbours, observed: observed.neighbours),
            IntegrationTests.difference("forwarding", expected: forwarding, observed: observed.forwarding),
            IntegrationTests.difference("addresses", expected: addresses, observed: observed.addresses),
        ].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }

    static func hasDevice(_ device: String, in space: NetworkNamespace) throws -> Bool {
        try space.ip("-o link show").lines.contains { $0.contains(" \(device): ") || $0.contains(" \(device)@") }
    }

    static func linkAddress(_ device: String, in space: NetworkNamespace) throws -> String {
        let words = try space.ip("-o link show dev \(device)").output.split(separator: " ")
        guard let mark = words.firstIndex(of: "link/ether"), words.indices.contains(mark + 1) else {
            throw LabError("\(device) in \(space) has no link address")
        }
        return String(words[mark + 1])
    }
}
