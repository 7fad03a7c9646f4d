import Addressing
import Netlink
import Testing

@testable import Dataplane

/// A small model of how the kernel takes changes: what replaces what, and what is refused.
struct KernelModel {
    var state: ObservedState

    /// - Returns: false when the kernel would refuse.
    mutating func apply(_ change: KernelChange) -> Bool {
        switch change {
        case .putAddress(let entry):
            if !state.addresses.contains(entry) { state.addresses.append(entry) }
        case .removeAddress(let entry): return remove(entry, from: \.addresses)
        case .putNeighbour(let entry):
            state.neighbours.removeAll { $0.address == entry.address }
            state.neighbours.append(entry)
        case .removeNeighbour(let entry): return remove(entry, from: \.neighbours)
        case .putForwarding(let entry):
            // The first endpoint of the MAC address is replaced, unless another is it already.
            if state.forwarding.contains(entry) { break }
            if let first = state.forwarding.firstIndex(where: { $0.mac == entry.mac }) {
                state.forwarding[first] = entry
            } else {
                state.forwarding.append(entry)
            }
        case .removeForwarding(let entry): return remove(entry, from: \.forwarding)
        case .putRoute(let route): return put(route)
        case .addRoute(let route): return add(route)
        case .removeRoute(let route): return remove(route, from: \.routes)
        default: return false
        }
        return true
    }

    private mutating func put(_ route: Route) -> Bool {
        if state.addresses.contains(where: { $0.address == route.gateway }) { return false }
        let first = state.routes.firstIndex {
            $0.destination == route.destination && $0.metric == route.metric
                && $0.typeOfService == route.typeOfService
        }
        guard let first else {
            state.routes.append(route)
            return true
        }
        if state.routes[first] == route { return true }
        if state.routes.contains(route) { return false }
        state.routes[first] = route
        return true
    }

    private mutating func add(_ route: Route) -> Bool {
        if state.addresses.contains(where: { $0.address == route.gateway }) { return false }
        if state.routes.contains(route) { return false }
        state.routes.insert(route, at: 0)
        return true
    }

    private mutating func remove<Entry: Equatable>(
        _ entry: Entry, from path: WritableKeyPath<ObservedState, [Entry]>
    ) -> Bool {
        guard let index = state[keyPath: path].firstIndex(of: entry) else { return false }
        state[keyPath: path].remove(at: index)
        return true
    }

    /// Routes of the device whose packets would find no neighbour, or one whose MAC address is behind no endpoint.
    func deadRoutes(of device: Int32) -> Set<Route> {
        Set(
            state.routes.filter { route in
                guard route.interfaceIndex == device, let gateway = route.gateway,
                    let neighbour = state.neighbours.first(where: { $0.address == gateway })
                else { return route.interfaceIndex == device }
                return !state.forwarding.contains { $0.mac == neighbour.mac }
            })
    }
}
