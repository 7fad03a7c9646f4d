package import Addressing
package import LeaseLedger

/// Where the node's own traffic leaves the machine.
package struct Underlay: Hashable, Sendable {
    package var interfaceIndex: Int32
    package var name: String
    package var address: IPv4Address
    package var mtu: UInt32

    package init(interfaceIndex: Int32, name: String, address: IPv4Address, mtu: UInt32) {
        self.interfaceIndex = interfaceIndex
        self.name = name
        self.address = address
        self.mtu = mtu
    }
}

/// What the kernel's state is derived from, the peers and the underlay aside.
package struct DataplaneConfiguration: Hashable, Sendable {
    package var backend: BackendKind
    package var pool: SubnetPool
    package var vni: UInt32
    package var vxlanPort: UInt16
    package var directRouting: Bool
    package var deviceName: String
    /// Overrides what follows from the underlay.
    package var mtu: UInt32?
    package var udpChecksum: Bool
    package var vtepMAC: MACAddress
    /// `nil` until the node holds one.
    package var ownSubnet: IPv4Block?

    package init(
        settings: NetworkSettings, deviceName: String? = nil, mtu: UInt32? = nil, udpChecksum: Bool = true,
        vtepMAC: MACAddress, ownSubnet: IPv4Block? = nil
    ) {
        backend = settings.backend
        pool = settings.pool
        vni = settings.vni
        vxlanPort = settings.vxlanPort
        directRouting = settings.directRouting
        self.deviceName = deviceName ?? "flannel.\(settings.vni)"
        self.mtu = mtu
        self.udpChecksum = udpChecksum
        self.vtepMAC = vtepMAC
        self.ownSubnet = ownSubnet
    }

    /// The outer IPv4, UDP and VXLAN headers, and the inner Ethernet header (RFC 7348 §5).
    package static let vxlanOverhead: UInt32 = 50

    /// The MTU of the pods: of the device, and in subnet.env.
    package func podMTU(over underlay: Underlay) -> UInt32 {
        if let mtu { return mtu }
        switch backend {
        case .vxlan: return underlay.mtu > Self.vxlanOverhead ? underlay.mtu - Self.vxlanOverhead : 0
        case .hostGateway, .alloc: return underlay.mtu
        }
    }
}

/// What the ledger hands over for every other node's lease.
package struct PeerLease: Hashable, Sendable {
    package var nodeID: NodeID
    package var subnet: IPv4Block
    package var publicIP: AnyIPAddress
    package var backend: BackendData

    package init(nodeID: NodeID, subnet: IPv4Block, publicIP: AnyIPAddress, backend: BackendData) {
        self.nodeID = nodeID
        self.subnet = subnet
        self.publicIP = publicIP
        self.backend = backend
    }
}

/// A peer that gets no route, and why.
package struct SkippedPeer: Hashable, Sendable {
    package enum Reason: Hashable, Sendable, CustomStringConvertible {
        case otherBackend(BackendKind)
        case otherVNI(UInt32)
        case notOnLink(IPv4Address)
        case notIPv4(AnyIPAddress)
        case outsideNetwork(IPv4Block)
        case sameLinkAddress(MACAddress)

        package var description: String {
            switch self {
            case .otherBackend(let kind): "its backend is \(kind.label), not ours"
            case .otherVNI(let vni): "its VNI is \(vni), not ours"
            case .notOnLink(let address): "\(address) is not on-link: host-gw needs a common subnet; use vxlan"
            case .notIPv4(let address): "\(address) is not an IPv4 address"
            case .outsideNetwork(let subnet): "\(subnet) is not a subnet of this network"
            case .sameLinkAddress(let address): "its VTEP MAC \(address) is another node's too"
            }
        }
    }

    package var nodeID: NodeID
    package var reason: Reason

    package init(nodeID: NodeID, reason: Reason) {
        self.nodeID = nodeID
        self.reason = reason
    }
}
