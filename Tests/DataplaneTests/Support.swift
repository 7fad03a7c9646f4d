import Addressing
import LeaseLedger
import Netlink
import Testing

@testable import Dataplane

let ownMAC = MACAddress(locallyAdministered: 0x6277_9A41_DB05)

func address(_ text: String) throws -> IPv4Address { try IPv4Address(parsing: text) }
func block(_ text: String) throws -> IPv4Block { try IPv4Block(parsing: text) }
func pool(_ network: String = "10.244.0.0/16") throws -> SubnetPool { try SubnetPool(network: try block(network)) }

func configuration(
    _ backend: BackendKind = .vxlan, network: String = "10.244.0.0/16", ownSubnet: String? = "10.244.89.0/24",
    directRouting: Bool = false
) throws -> DataplaneConfiguration {
    DataplaneConfiguration(
        backend: backend, pool: try pool(network), directRouting: directRouting, vtepMAC: ownMAC,
        ownSubnet: try ownSubnet.map { try block($0) })
}

func vxlanPeer(
    _ number: UInt64, _ subnet: String, _ publicIP: String, mac: MACAddress? = nil, vni: UInt32 = 1
) throws -> PeerLease {
    PeerLease(
        nodeID: NodeID(bits: UInt128(number)), subnet: try block(subnet),
        publicIP: try AnyIPAddress(parsing: publicIP),
        backend: .vxlan(vni: vni, vtepMAC: mac ?? MACAddress(locallyAdministered: number)))
}

func hostPeer(_ number: UInt64, _ subnet: String, _ publicIP: String) throws -> PeerLease {
    PeerLease(
        nodeID: NodeID(bits: UInt128(number)), subnet: try block(subnet),
        publicIP: try AnyIPAddress(parsing: publicIP), backend: .hostGateway)
}

/// `count` peers behind a gateway, each with its own subnet, MAC address and endpoint.
func manyPeers(_ count: UInt32) throws -> [PeerLease] {
    try (0..<count).map { number in
        PeerLease(
            nodeID: NodeID(bits: UInt128(number)),
            subnet: try #require(IPv4Block(base: IPv4Address(bits: 0x0A80_0100 + number << 8), prefixLength: 24)),
            publicIP: .v4(IPv4Address(bits: 0xC612_0001 + number)),
            backend: .vxlan(vni: 1, vtepMAC: MACAddress(locallyAdministered: UInt64(number))))
    }
}

func eth0() throws -> Underlay {
    var socket = try NetlinkSocket()
    let found = try socket.link(named: "eth0")
    let link = try #require(found)
    return Underlay(interfaceIndex: link.index, name: link.name, address: try address("192.168.50.1"), mtu: link.mtu)
}
