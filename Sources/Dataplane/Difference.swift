package import Addressing
package import Netlink

/// The changes that make `observed` into `desired`, apart from the device itself (`deviceDifference`); none when they
/// agree.
///
/// No packet meets a route without its neighbour and forwarding entry: neighbour, forwarding entry, route when adding,
/// the reverse when removing. What has the same key is replaced in place; a neighbour that changes its MAC address does
/// so after the forwarding entry of the new one is there. Addresses come first: a route through an address that is still
/// this host's is refused.
package func difference(_ desired: DesiredState, _ observed: ObservedState, network: IPv4Block) -> [KernelChange] {
    let neighbours = NeighbourChanges(desired, observed)
    let forwarding = ForwardingChanges(desired, observed)
    let routes = RouteChanges(desired, observed)
    var changes = addressChanges(desired, observed, network: network)
    changes.reserveCapacity(changes.count + neighbours.count + forwarding.count + routes.count)
    for entry in neighbours.added { changes.append(.putNeighbour(entry)) }
    for entry in forwarding.put { changes.append(.putForwarding(entry)) }
    for entry in neighbours.altered { changes.append(.putNeighbour(entry)) }
    for route in routes.covered { changes.append(.removeRoute(route)) }
    for route in routes.added { changes.append(.addRoute(route)) }
    for route in routes.put { changes.append(.putRoute(route)) }
    for route in routes.removed { changes.append(.removeRoute(route)) }
    for entry in forwarding.removed { changes.append(.removeForwarding(entry)) }
    for entry in neighbours.removed { changes.append(.removeNeighbour(entry)) }
    return changes
}

/// The own address, and the removal of former ones: those of a single address within the cluster's network.
private func addressChanges(
    _ desired: DesiredState, _ observed: ObservedState, network: IPv4Block
) -> [KernelChange] {
    guard let device = observed.device else { return [] }
    var changes: [KernelChange] = []
    let own = observed.addresses.filter { $0.prefixLength == 32 }
    if let address = desired.address, !own.contains(where: { $0.address == address }) {
        changes.append(
            .putAddress(InterfaceAddress(interfaceIndex: device.index, address: address, prefixLength: 32)))
    }
    // The new one first: the kernel drops all routes of a device that loses its last address.
    for entry in own where entry.address != desired.address && network.contains(entry.address) {
        changes.append(.removeAddress(entry))
    }
    return changes
}

private struct NeighbourChanges {
    var added: [Neighbour] = []
    var altered: [Neighbour] = []
    var removed: [Neighbour] = []

    var count: Int { added.count + altered.count + removed.count }

    init(_ desired: DesiredState, _ observed: ObservedState) {
        let key = { (entry: Neighbour) in UInt128(entry.address.bits) }
        var present = EntryIndex(observed.neighbours, by: key)
        for wanted in desired.neighbours where !present.takeOnly(wanted, for: key(wanted)) {
            if present.removeAll(of: key(wanted)).isEmpty { added.append(wanted) } else { altered.append(wanted) }
        }
        removed = present.rest
    }
}

private struct ForwardingChanges {
    var put: [ForwardingEntry] = []
    var removed: [ForwardingEntry] = []

    var count: Int { put.count + removed.count }

    init(_ desired: DesiredState, _ observed: ObservedState) {
        let key = { (entry: ForwardingEntry) in UInt128(entry.mac.bits) }
        var present = EntryIndex(observed.forwarding, by: key)
        for wanted in desired.forwarding where !present.takeOnly(wanted, for: key(wanted)) {
            let found = present.removeAll(of: key(wanted))
            if found.contains(wanted) {
                removed += found.filter { $0 != wanted }
            } else {
                // Replacing changes the first endpoint of a MAC address; others of it would get every packet too.
                put.append(wanted)
                removed += found.dropFirst()
            }
        }
        removed += present.rest
    }
}

private struct RouteChanges {
    /// Ours that another's is in front of: as long as they are there, the kernel refuses to put them before it.
    var covered: [Route] = []
    /// In front of what may be there. A bridge's own route to the containers on it must not give way to a route to a peer:
    /// it would be missing when that goes.
    var added: [Route] = []
    /// In place of one of ours, or of what somebody put before it.
    var put: [Route] = []
    var removed: [Route] = []

    var count: Int { covered.count + added.count + put.count + removed.count }

    init(_ desired: DesiredState, _ observed: ObservedState) {
        var present = EntryIndex(observed.routes) { $0.place }
        let others = Dictionary(observed.routesInFront.map { ($0.place, $0) }) { first, _ in first }
        for wanted in desired.routes {
            let place = wanted.place
            let other = others.isEmpty ? nil : others[place]
            if other == nil, present.takeOnly(wanted, for: place) { continue }
            let found = present.removeAll(of: place)
            if other != nil || found.isEmpty {
                if found.contains(wanted) { covered.append(wanted) }
                if other?.isConnected ?? true { added.append(wanted) } else { put.append(wanted) }
                removed += found.filter { $0 != wanted }
            } else if found.contains(wanted) {
                removed += found.filter { $0 != wanted }
            } else {
                put.append(wanted)
                removed += found.dropFirst()
            }
        }
        removed += present.rest
    }
}

extension DesiredState {
    /// Leaves the removal of entries out whose subnet, address or MAC address this state does not speak of.
    func withoutRemovalsOfUnknown(_ changes: [KernelChange]) -> [KernelChange] {
        let subnets = Set(routes.map(\.destination))
        let addresses = Set(neighbours.map(\.address))
        let macs = Set(forwarding.map(\.mac))
        return changes.filter { change in
            switch change {
            case .removeRoute(let route): subnets.contains(route.destination)
            case .removeNeighbour(let neighbour): addresses.contains(neighbour.address)
            case .removeForwarding(let entry): macs.contains(entry.mac)
            default: true
            }
        }
    }
}
