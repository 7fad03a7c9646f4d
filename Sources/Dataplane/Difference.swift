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
    let (addedNeighbours, changedNeighbours, removedNeighbours) = neighbourChanges(desired, observed)
    let (putForwarding, removedForwarding) = forwardingChanges(desired, observed)
    let (putRoutes, removedRoutes) = routeChanges(desired, observed)
    let parts = [
        addressChanges(desired, observed, network: network), addedNeighbours, putForwarding, changedNeighbours,
        putRoutes, removedRoutes, removedForwarding, removedNeighbours,
    ]
    var changes: [KernelChange] = []
    changes.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { changes += part }
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

private func neighbourChanges(
    _ desired: DesiredState, _ observed: ObservedState
) -> (added: [KernelChange], changed: [KernelChange], removed: [KernelChange]) {
    var present: [UInt32: Neighbour] = [:]
    present.reserveCapacity(observed.neighbours.count)
    for entry in observed.neighbours { present[entry.address.bits] = entry }
    var added: [KernelChange] = []
    var changed: [KernelChange] = []
    for wanted in desired.neighbours {
        let found = present.removeValue(forKey: wanted.address.bits)
        if found == nil {
            added.append(.putNeighbour(wanted))
        } else if found != wanted {
            changed.append(.putNeighbour(wanted))
        }
    }
    return (added, changed, present.values.sorted { $0.address.bits < $1.address.bits }.map { .removeNeighbour($0) })
}

private func forwardingChanges(
    _ desired: DesiredState, _ observed: ObservedState
) -> (put: [KernelChange], removed: [KernelChange]) {
    var present = EntryIndex(observed.forwarding) { $0.mac.bits }
    var put: [KernelChange] = []
    var removed: [KernelChange] = []
    for wanted in desired.forwarding {
        if present.takeOnly(wanted, for: wanted.mac.bits) { continue }
        let found = present.removeValue(forKey: wanted.mac.bits)
        if found.contains(wanted) {
            removed += found.filter { $0 != wanted }.map { .removeForwarding($0) }
        } else {
            // Replacing changes the first endpoint of a MAC address; others of it would get every packet too.
            put.append(.putForwarding(wanted))
            removed += found.dropFirst().map { .removeForwarding($0) }
        }
    }
    let stale = present.rest.sorted { $0.mac.bits < $1.mac.bits }
    return (put, removed + stale.map { .removeForwarding($0) })
}

private func routeChanges(
    _ desired: DesiredState, _ observed: ObservedState
) -> (put: [KernelChange], removed: [KernelChange]) {
    var present = EntryIndex(observed.routes) { RouteKey($0) }
    let taken = Set(observed.routesInFront.map { RouteKey($0) })
    var put: [KernelChange] = []
    var removed: [KernelChange] = []
    for wanted in desired.routes {
        let key = RouteKey(wanted)
        let isTaken = !taken.isEmpty && taken.contains(key)
        if !isTaken, present.takeOnly(wanted, for: key) { continue }
        let found = present.removeValue(forKey: key)
        if isTaken {
            // Replacing changes the other's, which is first, and would be refused while there is an equal one behind it.
            if found.contains(wanted) { put.append(.removeRoute(wanted)) }
            put.append(.putRoute(wanted))
            removed += found.filter { $0 != wanted }.map { .removeRoute($0) }
        } else if found.contains(wanted) {
            removed += found.filter { $0 != wanted }.map { .removeRoute($0) }
        } else {
            // Replacing changes the first route of a key.
            put.append(.putRoute(wanted))
            removed += found.dropFirst().map { .removeRoute($0) }
        }
    }
    let stale = present.rest.sorted {
        ($0.destination.base.bits, $0.destination.prefixLength, $0.metric)
            < ($1.destination.base.bits, $1.destination.prefixLength, $1.metric)
    }
    return (put, removed + stale.map { .removeRoute($0) })
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
