internal import Addressing
package import Netlink

/// Why no underlay was found: what was asked for, what there is, and what to do.
package enum UnderlaySelectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing that was asked for exists here.
    case notFound(request: UnderlayRequest, existing: String)
    case noDefaultRoute(existing: String)
    case noAddress(interface: String)
    case badPattern(String)
    case netlink(NetlinkError)

    /// May come right by itself, such as at boot: what was asked for may still appear, or get an address or a route.
    package var isPassing: Bool {
        switch self {
        case .notFound, .noDefaultRoute, .noAddress: true
        case .badPattern, .netlink: false
        }
    }

    package var description: String {
        switch self {
        case .notFound(let request, let existing):
            "no interface fits \(request.text); there are \(existing); name one of these"
        case .noDefaultRoute(let existing):
            "there is no default route to tell the interface; there are \(existing); choose one with --iface"
        case .noAddress(let interface):
            "interface \(quoted(interface)) has no IPv4 address; give it one, or choose another with --iface"
        case .badPattern(let pattern):
            "--iface-regex \(quoted(pattern)) is not a regular expression; correct it or use --iface"
        case .netlink(let error): error.description
        }
    }
}
