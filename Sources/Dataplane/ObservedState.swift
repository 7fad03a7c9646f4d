internal import Addressing
package import Netlink

/// What is in the kernel of that which is ours to decide.
package struct ObservedState: Hashable, Sendable {
    /// The device of the configured name, whatever it is.
    package var device: Link?
    /// The IPv4 addresses of the device.
    package var addresses: [InterfaceAddress] = []
    /// The routes of our protocol in the main table, in the kernel's order.
    package var routes: [Route] = []
    /// Others' routes that come first in a place of the main table where routes of ours may be: of the same destination,
    /// metric and type of service. Known only after looking for them.
    package var routesInFront: [Route] = []
    /// The permanent neighbours of the device.
    package var neighbours: [Neighbour] = []
    /// The permanent forwarding entries of the device, in the kernel's order.
    package var forwarding: [ForwardingEntry] = []

    package init() {}

    /// A permanent entry of a unicast address: not one of the kernel's own, nor one that floods.
    package static func isOurs(_ entry: ForwardingEntry) -> Bool { entry.isPermanent && entry.mac.isUnicast }

    /// A permanent entry that is not for a multicast group.
    package static func isOurs(_ entry: Neighbour) -> Bool { entry.isPermanent && !entry.address.isMulticast }
}

extension ObservedState {
    /// Tells routes of ours from others' in front of them; the kernel uses the first of a place.
    mutating func take(_ all: [Route]) {
        let isOurs = { (route: Route) in route.routeProtocol == DesiredState.routeProtocol }
        guard !all.allSatisfy(isOurs) else {
            routes = all
            return
        }
        var places = KeyTable(capacity: all.count)
        for route in all {
            let isFirst = places.insert(route.place).isNew
            if isOurs(route) {
                routes.append(route)
            } else if isFirst {
                routesInFront.append(route)
            }
        }
    }
}

extension NetlinkSocket {
    /// Reads routes of ours and, where there is a device, what is on it.
    /// - Parameter network: look for others' routes in it as well, which takes reading the whole main table.
    mutating func observe(device: Link?, othersIn network: IPv4Block? = nil) throws(NetlinkError) -> ObservedState {
        var state = ObservedState()
        state.device = device
        if let network {
            let all = try routes { route in
                route.routeProtocol == DesiredState.routeProtocol || network.contains(route.destination)
            }
            state.take(all)
        } else {
            state.routes = try routes(routeProtocol: DesiredState.routeProtocol)
        }
        guard let device else { return state }
        state.addresses = try addresses(of: device.index)
        state.neighbours = try neighbours(of: device.index) { ObservedState.isOurs($0) }
        state.forwarding = try forwardingEntries(of: device.index) { ObservedState.isOurs($0) }
        return state
    }
}
