package import Addressing

/// A change of the kernel's state.
package enum NetlinkRequest: Hashable, Sendable, CustomStringConvertible {
    /// Added, or put in the place of the one with the same destination and metric.
    case putRoute(Route)
    case deleteRoute(Route)
    case putNeighbour(Neighbour)
    case deleteNeighbour(Neighbour)
    case putForwarding(ForwardingEntry)
    case deleteForwarding(ForwardingEntry)
    case addAddress(DeviceAddress)
    case deleteAddress(DeviceAddress)
    case addVXLAN(name: String, VXLANParameters, mtu: UInt32, linkAddress: MACAddress)
    case deleteLink(index: Int32, name: String)
    case setLink(index: Int32, name: String, up: Bool?, mtu: UInt32?, linkAddress: MACAddress?)

    package var description: String {
        switch self {
        case .putRoute(let route), .deleteRoute(let route): "\(route)"
        case .putNeighbour(let neighbour), .deleteNeighbour(let neighbour): "\(neighbour)"
        case .putForwarding(let entry), .deleteForwarding(let entry): "\(entry)"
        case .addAddress(let address), .deleteAddress(let address): "\(address)"
        case .addVXLAN(let name, _, _, _), .deleteLink(_, let name), .setLink(_, let name, _, _, _): "device \(name)"
        }
    }

    package var isDeletion: Bool {
        switch self {
        case .deleteRoute, .deleteNeighbour, .deleteForwarding, .deleteAddress, .deleteLink: true
        default: false
        }
    }
}
