package import Addressing

/// One change of the kernel's network state. Putting creates, or replaces what has the same key.
package enum KernelChange: Hashable, Sendable {
    /// The device is made down; it fails if the name exists.
    case createVXLAN(name: String, parameters: VXLANParameters, mac: MACAddress, mtu: UInt32)
    case configureLink(index: Int32, name: String, settings: LinkSettings)
    case deleteLink(index: Int32, name: String)
    case putAddress(InterfaceAddress)
    case removeAddress(InterfaceAddress)
    case putNeighbour(Neighbour)
    case removeNeighbour(Neighbour)
    case putForwarding(ForwardingEntry)
    case removeForwarding(ForwardingEntry)
    /// Replaces the first route of the same destination, type of service and metric, whoever installed it.
    case putRoute(Route)
    /// Goes in front of all routes of the same destination, type of service and metric; those stay.
    case addRoute(Route)
    case removeRoute(Route)
}

extension KernelChange {
    /// Whether it takes something away; then it has succeeded if the thing was gone already.
    package var isRemoval: Bool {
        switch self {
        case .deleteLink, .removeAddress, .removeNeighbour, .removeForwarding, .removeRoute: true
        default: false
        }
    }

    /// What is changed, as the tools of iproute2 would name it: "route 10.244.4.0/24 via 192.168.50.3".
    package var object: String {
        switch self {
        case .createVXLAN(let name, _, _, _), .configureLink(_, let name, _), .deleteLink(_, let name):
            "device \(quoted(name))"
        case .putAddress(let entry), .removeAddress(let entry): "address \(entry.address)/\(entry.prefixLength)"
        case .putNeighbour(let entry), .removeNeighbour(let entry):
            "neighbour \(entry.address)" + (entry.mac.map { " lladdr \($0)" } ?? "")
        case .putForwarding(let entry), .removeForwarding(let entry):
            "fdb \(entry.mac)" + (entry.destination.map { " dst \($0)" } ?? "")
        case .putRoute(let route), .addRoute(let route), .removeRoute(let route):
            "\(route.type == Route.blackhole ? "blackhole" : "route") \(route.destination)"
                + (route.gateway.map { " via \($0)" } ?? "")
        }
    }
}

extension KernelChange: CustomStringConvertible {
    package var description: String {
        switch self {
        case .createVXLAN: "create \(object)"
        case .configureLink: "configure \(object)"
        case .deleteLink: "delete \(object)"
        default: "\(isRemoval ? "remove" : "put") \(object)"
        }
    }
}
