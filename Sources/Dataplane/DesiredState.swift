package import Addressing
internal import LeaseLedger
package import Netlink

/// The VXLAN device as it should be.
package struct DesiredDevice: Hashable, Sendable {
    package var name: String
    /// What a device must have from its creation.
    package var parameters: VXLANParameters
    package var mac: MACAddress
    package var mtu: UInt32
}

/// All that should be in the kernel, as a function of the configuration, the underlay and the peers.
package struct DesiredState: Hashable, Sendable {
    /// `nil`: no VXLAN device.
    package var device: DesiredDevice?
    /// The device's address, with a prefix of 32: the base of the own subnet, as flannel has it.
    package var address: IPv4Address?
    package var routes: [Route] = []
    package var neighbours: [Neighbour] = []
    package var forwarding: [ForwardingEntry] = []
    package var skipped: [SkippedPeer] = []
    /// What pods may send in one packet, in bytes.
    package var mtu: UInt32 = 0

    /// RTPROT of our routes: unassigned elsewhere (linux/rtnetlink.h), so that a sweep touches nobody else's.
    package static let routeProtocol: UInt8 = 70
    /// By which a device of ours is known, whatever its name: its alias (IFLA_IFALIAS).
    package static let deviceAlias = "felt"
    /// The worst there is, so that every route of the containers' own precedes.
    package static let blackholeMetric = UInt32.max

    package init() {}

    /// How many things should be in the kernel.
    package var entryCount: Int {
        routes.count + neighbours.count + forwarding.count + (device == nil ? 0 : 1) + (address == nil ? 0 : 1)
    }

    /// - Parameters:
    ///   - deviceIndex: the index of the VXLAN device, which entries name; 0 as long as it does not exist.
    ///   - onLink: the public addresses of peers that the underlay reaches without a gateway; matters only where
    ///     `configuration.usesPlainRoutes`.
    package init(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease],
        onLink: Set<IPv4Address> = [], deviceIndex: Int32 = 0
    ) throws(DataplaneError) {
        mtu = try configuration.effectiveMTU(over: underlay)
        guard configuration.backend != .alloc else { return }
        if configuration.backend == .vxlan {
            let parameters = VXLANParameters(
                vni: configuration.vni, link: underlay.interfaceIndex, local: underlay.address,
                port: configuration.vxlanPort, learning: configuration.learning, gbp: configuration.gbp,
                udpChecksum: configuration.udpChecksum)
            device = DesiredDevice(
                name: configuration.deviceName, parameters: parameters, mac: configuration.vtepMAC, mtu: mtu)
            address = configuration.ownSubnet?.base
        }
        var builder = PeerEntries(
            configuration: configuration, underlay: underlay, onLink: onLink, deviceIndex: deviceIndex,
            count: peers.count)
        for position in peers.indices.sorted(by: { peers[$0].precedes(peers[$1]) }) { builder.add(peers[position]) }
        routes = builder.routes
        if configuration.blackhole, let own = configuration.ownSubnet {
            routes.append(
                Route(
                    destination: own, gateway: nil, interfaceIndex: 0, metric: Self.blackholeMetric,
                    routeProtocol: Self.routeProtocol, type: Route.blackhole))
        }
        neighbours = builder.neighbours
        forwarding = builder.forwarding
        skipped = builder.skipped
    }
}
