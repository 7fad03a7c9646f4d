internal import Addressing
internal import LeaseLedger
package import Netlink

/// Which of the kernel's notifications may mean that the data plane is no longer as it should be. It errs on the side of
/// looking; it spares a node the looking when others do much of their own.
package struct KernelInterest: Hashable, Sendable {
    private let deviceName: String
    let deviceIndex: Int32?
    private let underlay: Underlay
    let network: IPv4Block
    /// The peers' addresses, in order, where it matters how they are reached.
    let watched: [IPv4Address]

    package init(
        _ configuration: DataplaneConfiguration, underlay: Underlay, deviceIndex: Int32?, peers: [PeerLease]
    ) {
        deviceName = configuration.deviceName
        self.deviceIndex = deviceIndex
        self.underlay = underlay
        network = configuration.pool.network
        watched = configuration.usesPlainRoutes ? peers.compactMap { $0.publicIP.v4 }.sorted() : []
    }

    package func concerns(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .overrun: true
        case .link(let link), .linkRemoved(let link):
            isOurs(link.index) || link.name == deviceName || link.name == underlay.name
        case .address(let entry), .addressRemoved(let entry): isOurs(entry.interfaceIndex)
        case .neighbour(let entry), .neighbourRemoved(let entry): entry.interfaceIndex == deviceIndex
        case .forwarding(let entry), .forwardingRemoved(let entry): entry.interfaceIndex == deviceIndex
        case .route(let route), .routeRemoved(let route): concerns(route)
        case .setting(let index): isOurs(index) || index == Self.allInterfaces
        }
    }

    /// Whether it tells of our own device or an address on it: such cannot change what the underlay is.
    package func isOwn(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .link(let link), .linkRemoved(let link): link.index == deviceIndex && link.name == deviceName
        case .address(let entry), .addressRemoved(let entry): entry.interfaceIndex == deviceIndex
        default: false
        }
    }

    /// Whether somebody may have put a route in front of one of ours: then the whole table is to be looked at.
    package func mayBeInFront(_ notification: NetlinkNotification) -> Bool {
        switch notification {
        case .overrun: true
        case .route(let route):
            route.routeProtocol != DesiredState.routeProtocol && route.table == Route.mainTable
                && network.contains(route.destination)
        default: false
        }
    }

    /// NETCONFA_IFINDEX_ALL (linux/netconf.h).
    private static let allInterfaces: Int32 = -1

    private func isOurs(_ index: Int32) -> Bool { index == deviceIndex || index == underlay.interfaceIndex }

    /// Our routes, those that may have taken the place of one, the default route, and those to peers.
    private func concerns(_ route: Route) -> Bool {
        if route.routeProtocol == DesiredState.routeProtocol || route.destination.prefixLength == 0 { return true }
        guard route.table == Route.mainTable || !watched.isEmpty else { return false }
        if network.contains(route.destination) && route.table == Route.mainTable { return true }
        return coversPeer(route.destination)
    }

    private func coversPeer(_ block: IPv4Block) -> Bool {
        var low = 0
        var high = watched.count
        while low < high {
            let middle = (low + high) / 2
            if watched[middle] < block.base { low = middle + 1 } else { high = middle }
        }
        return low < watched.count && block.contains(watched[low])
    }
}
