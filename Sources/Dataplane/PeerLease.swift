package import Addressing
package import LeaseLedger

/// Another node's lease, as the ledger hands it over: how the pods of a subnet are to be reached.
package struct PeerLease: Hashable, Sendable {
    package var nodeID: NodeID
    package var subnet: IPv4Block
    /// Where the node takes its pods' traffic.
    package var publicIP: AnyIPAddress
    package var backend: BackendData
    /// Whether the node is there, as far as is known. Of two with one MAC address, that one gets the packets.
    package var isLive: Bool

    package init(
        nodeID: NodeID, subnet: IPv4Block, publicIP: AnyIPAddress, backend: BackendData, isLive: Bool = true
    ) {
        self.nodeID = nodeID
        self.subnet = subnet
        self.publicIP = publicIP
        self.backend = backend
        self.isLive = isLive
    }

    /// The order in which peers get their entries: of two that clash the later one is skipped. A machine that lost its
    /// identity has kept its device, so an absent node of the same MAC address stands where it stood once.
    func precedes(_ other: PeerLease) -> Bool {
        if isLive != other.isLive { return isLive }
        return nodeID.bits == other.nodeID.bits
            ? subnet.base.bits < other.subnet.base.bits : nodeID.bits < other.nodeID.bits
    }
}

/// A peer that gets no entries in the kernel, and why.
package struct SkippedPeer: Hashable, Sendable, CustomStringConvertible {
    package var nodeID: NodeID
    package var subnet: IPv4Block
    package var reason: Reason

    package init(nodeID: NodeID, subnet: IPv4Block, reason: Reason) {
        self.nodeID = nodeID
        self.subnet = subnet
        self.reason = reason
    }

    /// Another node has what this one would need; which of them gets it depends on who is there.
    package var isAClash: Bool {
        if case .sameMAC = reason { return true }
        return false
    }

    package enum Reason: Hashable, Sendable {
        case otherBackend(BackendKind)
        case otherVNI(UInt32)
        case notIPv4(AnyIPAddress)
        case notOnLink(IPv4Address)
        case unusableAddress(IPv4Address)
        case ownAddress(IPv4Address)
        case notOfThePool
        case ownSubnet
        case sameSubnet(as: NodeID)
        case unusableMAC(MACAddress)
        case ownMAC(MACAddress)
        case sameMAC(MACAddress, as: NodeID)
    }

    package var description: String { "node \(nodeID.short), subnet \(subnet): \(reason)" }
}

extension SkippedPeer.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .otherBackend(let kind): "its backend is \(kind.label)"
        case .otherVNI(let vni): "its VNI is \(vni)"
        case .notIPv4(let address): "its address \(address) is not IPv4"
        case .notOnLink(let address): "its address \(address) is not on-link"
        case .unusableAddress(let address): "its address \(address) is no host's"
        case .ownAddress(let address): "its address \(address) is this node's own"
        case .notOfThePool: "the subnet is none of the cluster's network"
        case .ownSubnet: "the subnet is this node's own"
        case .sameSubnet(let other): "node \(other.short) holds the same subnet"
        case .unusableMAC(let mac): "its MAC address \(mac) is not a host's"
        case .ownMAC(let mac): "its MAC address \(mac) is this node's own"
        case .sameMAC(let mac, let other): "its MAC address \(mac) is also that of node \(other.short)"
        }
    }
}
