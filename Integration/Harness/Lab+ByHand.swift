internal import Addressing

extension Lab {
    /// Puts into each node's kernel, with `ip` and `bridge`, what feltd would, so that the lab can be tested without it.
    /// Node i holds 10.244.i.0/24.
    func buildByHand(backend: Backend) throws {
        for node in nodes {
            try makeFolder("\(node.folder)/env")
            let mtu = backend == .vxlan ? 1450 : 1500
            try writeText(
                "FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.\(node.index).1/24\nFLANNEL_MTU=\(mtu)\n"
                    + "FLANNEL_IPMASQ=false\n", to: node.subnetFile, mode: 0o644)
            if backend == .vxlan { try makeDevice(on: node) }
        }
        for node in nodes {
            for peer in nodes where peer !== node {
                let subnet = try peer.subnetEnv().subnet
                guard backend == .vxlan else {
                    try node.namespace.ip("route add \(subnet) via \(peer.address) dev eth0 proto 70")
                    continue
                }
                let mac = try KernelState.linkAddress("flannel.1", in: peer.namespace)
                try node.namespace.ip("neigh add \(subnet.base) lladdr \(mac) dev flannel.1 nud permanent")
                try node.namespace.bridge("fdb add \(mac) dev flannel.1 dst \(peer.address) self permanent")
                try node.namespace.ip("route add \(subnet) via \(subnet.base) dev flannel.1 proto 70 onlink")
            }
        }
    }

    private func makeDevice(on node: Node) throws {
        let space = node.namespace
        try space.ip(
            "link add flannel.1 mtu 1450 txqueuelen 0 numtxqueues 1 numrxqueues 1 type vxlan id 1 "
                + "local \(node.address) dev eth0 dstport 8472 nolearning")
        try space.ip("addr add \(try node.subnetEnv().subnet.base)/32 dev flannel.1")
        try space.ip("link set flannel.1 up")
    }
}
