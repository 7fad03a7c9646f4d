internal import Addressing
internal import LeaseLedger
internal import Netlink

/// Collects the entries that the peers need, one peer after the other.
struct PeerEntries {
    let configuration: DataplaneConfiguration
    let underlay: Underlay
    let onLink: Set<IPv4Address>
    let deviceIndex: Int32
    private(set) var routes: [Route] = []
    private(set) var neighbours: [Neighbour] = []
    private(set) var forwarding: [ForwardingEntry] = []
    private(set) var skipped: [SkippedPeer] = []
    /// By the base of the subnet: all are of one length.
    private var subnets: KeyTable
    private var holders: [NodeID] = []
    private var macs: KeyTable
    private var endpoints: [(address: IPv4Address, nodeID: NodeID)] = []

    /// - Parameter count: how many peers will come.
    init(
        configuration: DataplaneConfiguration, underlay: Underlay, onLink: Set<IPv4Address>, deviceIndex: Int32,
        count: Int
    ) {
        self.configuration = configuration
        self.underlay = underlay
        self.onLink = onLink
        self.deviceIndex = deviceIndex
        routes.reserveCapacity(count)
        neighbours.reserveCapacity(count)
        forwarding.reserveCapacity(count)
        subnets = KeyTable(capacity: count)
        holders.reserveCapacity(count)
        macs = KeyTable(capacity: count)
        endpoints.reserveCapacity(count)
    }

    mutating func add(_ peer: PeerLease) {
        if let reason = install(peer) {
            skipped.append(SkippedPeer(nodeID: peer.nodeID, subnet: peer.subnet, reason: reason))
        }
    }

    /// - Returns: why the peer gets no entries; `nil` when it has got them.
    private mutating func install(_ peer: PeerLease) -> SkippedPeer.Reason? {
        guard peer.backend.kind == configuration.backend else { return .otherBackend(peer.backend.kind) }
        guard case .v4(let address) = peer.publicIP else { return .notIPv4(peer.publicIP) }
        guard address.isUsableUnicast else { return .unusableAddress(address) }
        guard address.bits != underlay.address.bits else { return .ownAddress(address) }
        guard peer.subnet.prefixLength == configuration.pool.subnetLength,
            configuration.pool.network.contains(peer.subnet)
        else { return .notOfThePool }
        if let own = configuration.ownSubnet, own.overlaps(peer.subnet) { return .ownSubnet }
        let subnet = UInt128(peer.subnet.base.bits)
        if let number = subnets.number(of: subnet) { return .sameSubnet(as: holders[number]) }
        switch peer.backend {
        case .alloc: return .otherBackend(.alloc)
        case .hostGateway:
            guard onLink.contains(address) else { return .notOnLink(address) }
            addPlainRoute(to: peer.subnet, via: address)
        case .vxlan(let vni, let mac):
            guard vni == configuration.vni else { return .otherVNI(vni) }
            if configuration.directRouting, onLink.contains(address) {
                addPlainRoute(to: peer.subnet, via: address)
                break
            }
            guard mac.isUnicast else { return .unusableMAC(mac) }
            guard mac.bits != configuration.vtepMAC.bits else { return .ownMAC(mac) }
            if let number = macs.number(of: UInt128(mac.bits)), endpoints[number].address.bits != address.bits {
                return .sameMAC(mac, as: endpoints[number].nodeID)
            }
            addTunnel(to: peer, mac: mac, endpoint: address)
        }
        if subnets.insert(subnet).isNew { holders.append(peer.nodeID) }
        return nil
    }

    private mutating func addPlainRoute(to subnet: IPv4Block, via gateway: IPv4Address) {
        routes.append(
            Route(
                destination: subnet, gateway: gateway, interfaceIndex: underlay.interfaceIndex,
                metric: metric(of: subnet), routeProtocol: DesiredState.routeProtocol))
    }

    private mutating func addTunnel(to peer: PeerLease, mac: MACAddress, endpoint: IPv4Address) {
        let base = peer.subnet.base
        neighbours.append(Neighbour(interfaceIndex: deviceIndex, address: base, mac: mac))
        if macs.insert(UInt128(mac.bits)).isNew {
            endpoints.append((endpoint, peer.nodeID))
            forwarding.append(ForwardingEntry(interfaceIndex: deviceIndex, mac: mac, destination: endpoint))
        }
        routes.append(
            Route(
                destination: peer.subnet, gateway: base, interfaceIndex: deviceIndex, isOnLink: true,
                metric: metric(of: peer.subnet), routeProtocol: DesiredState.routeProtocol))
    }

    /// Up to 1,024 subnets none, as flannel's. Beyond, one of its own for each: the kernel's insertion is quadratic
    /// where many gateways share a device and a metric (its fib_info hash ignores the gateway).
    private func metric(of subnet: IPv4Block) -> UInt32 {
        let pool = configuration.pool
        guard pool.subnetLength - pool.network.prefixLength > 10 else { return 0 }
        return 1 + (subnet.base.bits - pool.network.base.bits) >> UInt32(32 - pool.subnetLength)
    }
}
