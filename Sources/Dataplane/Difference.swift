internal import Addressing
package import Netlink

extension EntryTable {
    /// What turns `self` into `desired`, in an order in which no packet meets a route without its neighbour and FDB entry:
    /// what goes, route first; then what comes, route last. An entry that only changes is replaced in place.
    package func difference(to desired: EntryTable) -> [NetlinkRequest] {
        let staleRoutes = routes.subtracting(desired.routes)
        let newRoutes = desired.routes.subtracting(routes)
        let keptKeys = Set(desired.routes.map(RouteKey.init))
        let staleNeighbours = neighbours.subtracting(desired.neighbours)
        let newNeighbours = desired.neighbours.subtracting(neighbours)
        let keptAddresses = Set(desired.neighbours.map(\.address))
        let staleForwarding = forwarding.subtracting(desired.forwarding)
        let newForwarding = desired.forwarding.subtracting(forwarding)
        let keptLinkAddresses = Set(desired.forwarding.map(\.linkAddress))
        var requests: [NetlinkRequest] = []
        requests += staleRoutes.filter { !keptKeys.contains(RouteKey($0)) }.sorted(by: Self.order)
            .map { .deleteRoute($0) }
        // A replacement takes the place of one entry only: of several that are stale, the others go first.
        requests += newNeighbours.sorted { $0.address < $1.address }.map { .putNeighbour($0) }
        requests += surplus(staleForwarding, newForwarding).map { .deleteForwarding($0) }
        requests += newForwarding.sorted { $0.linkAddress < $1.linkAddress }.map { .putForwarding($0) }
        requests += newRoutes.sorted(by: Self.order).map { .putRoute($0) }
        requests += staleForwarding.filter { !keptLinkAddresses.contains($0.linkAddress) }
            .sorted { ($0.linkAddress, $0.destination) < ($1.linkAddress, $1.destination) }.map { .deleteForwarding($0) }
        requests += staleNeighbours.filter { !keptAddresses.contains($0.address) }.sorted { $0.address < $1.address }
            .map { .deleteNeighbour($0) }
        return requests
    }

    /// A MAC address may have several destinations (`bridge fdb append`): then replacing one leaves the others, and the
    /// packets go to all. All but the one that is replaced, or all if none is, are deleted.
    private func surplus(
        _ stale: Set<ForwardingEntry>, _ new: Set<ForwardingEntry>
    ) -> [ForwardingEntry] {
        let replacing = Set(new.map(\.linkAddress))
        let known = Dictionary(grouping: forwarding, by: \.linkAddress)
        return known.values.filter { $0.count > 1 }.flatMap { entries -> [ForwardingEntry] in
            let wrong = entries.filter { stale.contains($0) }.sorted { $0.destination < $1.destination }
            guard let address = wrong.first?.linkAddress, replacing.contains(address) else { return wrong }
            return Array(wrong.dropFirst())
        }
        .sorted { ($0.linkAddress, $0.destination) < ($1.linkAddress, $1.destination) }
    }

    private static func order(_ left: Route, _ right: Route) -> Bool {
        (left.destination, left.metric) < (right.destination, right.metric)
    }
}

/// What the kernel holds one route for, and replaces.
struct RouteKey: Hashable {
    let destination: String
    let metric: UInt32

    init(_ route: Route) {
        destination = "\(route.destination)"
        metric = route.metric
    }
}
