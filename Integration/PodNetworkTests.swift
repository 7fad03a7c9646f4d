import Testing

extension Integration {
    @Suite(.serialized) struct PodNetworkTests {
        @Test(arguments: Backend.allCases)
        func `every pod pings every pod of the other nodes, and the kernel holds what flannel would leave`(
            backend: Backend
        ) async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: backend)
                for node in lab.nodes { try node.addPod() }
                #expect(try lab.pingMatrix() == [])
                for node in lab.nodes {
                    let others = lab.nodes.filter { $0 !== node }
                    let expected = try KernelState(expectedOn: node, peers: others, backend: backend)
                    #expect(try expected.difference(to: KernelState(observing: node)) == nil)
                    #expect(try KernelState.hasDevice("flannel.1", in: node.namespace) == (backend == .vxlan))
                }
            }
        }

        @Test func `the VXLAN device is in every parameter flannel's`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let mac = try KernelState.linkAddress("flannel.1", in: node.namespace)
                let observed = try OverlayDevice.observed("flannel.1", in: node.namespace)
                #expect(observed == OverlayDevice.groundTruth(mac: mac, local: node.address))
                #expect(try node.namespace.setting("net/ipv6/conf/flannel.1/accept_ra") == "0")
            }
        }

        @Test func `an MTU of 1450 passes a payload of 1422 bytes unfragmented, and not one byte more`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let pods = try lab.nodes.map { try $0.addPod() }
                #expect(try lab.nodes[0].subnetEnv().mtu == 1450)
                #expect(try pods[0].ping(pods[1], payload: 1422).succeeded)
                #expect(try pods[1].ping(pods[0], payload: 1422).succeeded)
                let tooLong = try pods[0].ping(pods[1], payload: 1423)
                #expect(!tooLong.succeeded && tooLong.report.lowercased().contains("message too long"))
            }
        }
    }
}
