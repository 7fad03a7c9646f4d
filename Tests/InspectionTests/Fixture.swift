import Addressing
import ControlAPI
import Dataplane
import LeaseLedger
import Netlink
import NetworkTestSupport

@testable import Inspection

/// A node with two peers, in the kernel of the calling thread's namespace: what should be, and who holds what.
struct Fixture {
    let configuration: DataplaneConfiguration
    let underlay: Dataplane.Underlay
    let leases: [LeaseInfo]
    let peers: [PeerLease]
    let driver: DataplaneDriver

    init(_ backend: BackendKind, directRouting: Bool = false) throws {
        try makeUnderlay()
        try shell("ip route add default via 192.168.50.254")
        let pool = try SubnetPool(network: try IPv4Block(parsing: "10.244.0.0/16"))
        let own = try IPv4Block(parsing: "10.244.89.0/24")
        configuration = DataplaneConfiguration(
            backend: backend, pool: pool, directRouting: directRouting, vtepMAC: MACAddress(locallyAdministered: 9),
            ownSubnet: own)
        var peers: [PeerLease] = []
        var leases: [LeaseInfo] = []
        for (number, name, subnet, publicIP) in [
            (1, "near", "10.244.78.0/24", "192.168.50.2"), (2, "far", "10.244.94.0/24", "198.51.100.3"),
        ] {
            let mac = MACAddress(locallyAdministered: UInt64(number))
            let nodeID = NodeID(bits: UInt128(number))
            let block = try IPv4Block(parsing: subnet)
            let address = try AnyIPAddress(parsing: publicIP)
            peers.append(
                PeerLease(
                    nodeID: nodeID, subnet: block, publicIP: address,
                    backend: backend == .vxlan ? .vxlan(vni: 1, vtepMAC: mac) : .hostGateway))
            leases.append(
                LeaseInfo(
                    subnet: block, node: name, nodeID: "\(nodeID)", publicIP: address, backend: backend.label,
                    vtepMAC: backend == .vxlan ? mac : nil, leaseClass: .confirmed, liveness: .alive, isSelf: false,
                    seq: 1, claimEpoch: 1, tenure: 3))
        }
        leases.append(
            LeaseInfo(
                subnet: own, node: "me", nodeID: "\(NodeID(bits: 9))",
                publicIP: try AnyIPAddress(parsing: "192.168.50.1"),
                backend: backend.label, leaseClass: .confirmed, liveness: .alive, isSelf: true, seq: 1, claimEpoch: 1,
                tenure: 3))
        (self.peers, self.leases) = (peers, leases)
        var socket = try NetlinkSocket()
        let link = try socket.link(named: "eth0")
        underlay = Dataplane.Underlay(
            interfaceIndex: link?.index ?? 0, name: "eth0", address: try IPv4Address(parsing: "192.168.50.1"), mtu: 1500
        )
        driver = try DataplaneDriver()
        _ = try driver.reconcile(configuration, underlay: underlay, peers: peers)
    }

    /// As the daemon says it.
    func wanted() throws -> DataplaneInfo {
        DataplaneInfo(
            try driver.desired(configuration, underlay: underlay, peers: peers), configuration: configuration,
            underlay: underlay)
    }

    func trace(_ address: String) throws -> TraceInfo {
        try Tracer(kernel: try KernelReader(), wanted: try wanted(), leases: leases, isRunning: true)
            .trace(try IPv4Address(parsing: address))
    }

    func differences() throws -> [RouteRow] {
        try Comparison(kernel: try KernelReader(), wanted: try wanted(), leases: leases).rows().filter { !$0.ok }
    }
}
