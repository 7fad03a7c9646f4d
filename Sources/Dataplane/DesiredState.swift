package import Addressing
internal import LeaseLedger
package import Netlink

/// Who put a route there: ours, so that a start can sweep stale ones without touching anybody else's (rtm_protocol).
package let feltRouteProtocol: UInt8 = 70

/// Entries of the kernel's tables, wanted or found.
package struct EntryTable: Hashable, Sendable {
    package var routes: Set<Route> = []
    package var neighbours: Set<Neighbour> = []
    package var forwarding: Set<ForwardingEntry> = []

    package init(
        routes: Set<Route> = [], neighbours: Set<Neighbour> = [], forwarding: Set<ForwardingEntry> = []
    ) {
        self.routes = routes
        self.neighbours = neighbours
        self.forwarding = forwarding
    }

    package var count: Int { routes.count + neighbours.count + forwarding.count }
}

/// What the kernel should have for the peers: a pure function of configuration, underlay and leases.
package struct DesiredState: Hashable, Sendable {
    package var entries = EntryTable()
    package var skipped: [SkippedPeer] = []

    /// Networks with more subnets give each route its own metric: the kernel's insertion is quadratic where many gateways
    /// share a device and a metric (fib_info's hash ignores the gateway).
    package static let mostSharedMetric = 1_024

    /// - Parameters:
    ///   - device: the VXLAN device's index; unused for the other backends.
    ///   - isOnLink: whether the underlay reaches an address without a gateway, over its own interface.
    package init(
        _ configuration: DataplaneConfiguration, underlay: Underlay, device: Int32, peers: [PeerLease],
        isOnLink: (IPv4Address) -> Bool
    ) {
        guard configuration.backend != .alloc else { return }
        var linkAddresses: Set<MACAddress> = []
        for peer in peers.sorted(by: { $0.subnet < $1.subnet }) {
            if let reason = add(peer, configuration, underlay, device, isOnLink, &linkAddresses) {
                skipped.append(SkippedPeer(nodeID: peer.nodeID, reason: reason))
            }
        }
    }

    private mutating func add(
        _ peer: PeerLease, _ configuration: DataplaneConfiguration, _ underlay: Underlay, _ device: Int32,
        _ isOnLink: (IPv4Address) -> Bool, _ linkAddresses: inout Set<MACAddress>
    ) -> SkippedPeer.Reason? {
        guard configuration.pool.network.contains(peer.subnet), peer.subnet != configuration.ownSubnet else {
            return .outsideNetwork(peer.subnet)
        }
        guard let address = peer.publicIP.v4 else { return .notIPv4(peer.publicIP) }
        let metric = Self.metric(of: peer.subnet, in: configuration.pool)
        func directRoute() -> Route {
            Route(
                destination: peer.subnet, gateway: address, device: underlay.interfaceIndex, metric: metric,
                routeProtocol: feltRouteProtocol)
        }
        switch (configuration.backend, peer.backend) {
        case (.vxlan, .vxlan(let vni, let linkAddress)):
            guard vni == configuration.vni else { return .otherVNI(vni) }
            if configuration.directRouting, isOnLink(address) {
                entries.routes.insert(directRoute())
                return nil
            }
            guard linkAddresses.insert(linkAddress).inserted, linkAddress != configuration.vtepMAC else {
                return .sameLinkAddress(linkAddress)
            }
            let gateway = peer.subnet.base
            entries.neighbours.insert(Neighbour(address: gateway, linkAddress: linkAddress, device: device))
            entries.forwarding.insert(ForwardingEntry(linkAddress: linkAddress, destination: address, device: device))
            entries.routes.insert(
                Route(
                    destination: peer.subnet, gateway: gateway, device: device, metric: metric, isOnLink: true,
                    routeProtocol: feltRouteProtocol))
        case (.hostGateway, .hostGateway):
            guard isOnLink(address) else { return .notOnLink(address) }
            entries.routes.insert(directRoute())
        default: return .otherBackend(peer.backend.kind)
        }
        return nil
    }

    static func metric(of subnet: IPv4Block, in pool: SubnetPool) -> UInt32 {
        let bits = UInt32(pool.subnetLength - pool.network.prefixLength)
        guard bits < 32, UInt32(1) << bits > mostSharedMetric else { return 0 }
        return 1 + (subnet.base.bits - pool.network.base.bits) >> UInt32(32 - pool.subnetLength)
    }
}
