package import Addressing
internal import Netlink

/// Which interface and address the operator wants (flannel's --iface and its kin).
package struct UnderlayChoice: Hashable, Sendable {
    /// Names or addresses, in order.
    package var interfaces: [String]
    /// Regular expressions, tried on addresses first, then on names.
    package var expressions: [String]
    package var canReach: IPv4Address?
    package var publicIP: IPv4Address?
    /// A name never to choose: the overlay's own device.
    package var ownDevice: String

    package init(
        interfaces: [String] = [], expressions: [String] = [], canReach: IPv4Address? = nil,
        publicIP: IPv4Address? = nil, ownDevice: String = ""
    ) {
        self.interfaces = interfaces
        self.expressions = expressions
        self.canReach = canReach
        self.publicIP = publicIP
        self.ownDevice = ownDevice
    }

    /// Whether the operator has named anything at all.
    package var isExplicit: Bool { !interfaces.isEmpty || !expressions.isEmpty || canReach != nil }
}

/// What there is to choose from.
struct UnderlayCandidates {
    let links: [Link]
    let addresses: [DeviceAddress]
    let reaching: RouteLookup?
    let defaultRoute: Route?

    init(_ socket: inout NetlinkSocket, _ choice: UnderlayChoice) throws(NetlinkError) {
        links = try socket.links()
        addresses = try socket.addresses()
        reaching = if let target = choice.canReach { try socket.route(to: target) } else { nil }
        defaultRoute = choice.isExplicit ? nil : try socket.defaultRoute()
    }
}

/// Why no interface was chosen.
package enum UnderlayError: Error, Hashable, Sendable, CustomStringConvertible {
    case noSuchInterface(asked: [String], existing: [String])
    case noMatch(expressions: [String], existing: [String])
    case cannotReach(IPv4Address)
    case noDefaultRoute(existing: [String])
    case noAddress(interface: String)

    /// May come right by itself, such as at boot.
    package var isPassing: Bool {
        switch self {
        case .noDefaultRoute, .noAddress, .cannotReach: true
        case .noSuchInterface, .noMatch: false
        }
    }

    package var description: String {
        switch self {
        case .noSuchInterface(let asked, let existing):
            "--iface \(asked.map(quoted).joined(separator: ", ")): no such interface or address here; "
                + "there are \(existing.joined(separator: ", "))"
        case .noMatch(let expressions, let existing):
            "--iface-regex \(expressions.map(quoted).joined(separator: ", ")) matches no address and no interface; "
                + "there are \(existing.joined(separator: ", "))"
        case .cannotReach(let address): "--iface-can-reach \(address): no route leads there"
        case .noDefaultRoute(let existing):
            "there is no default route to tell the interface by; name one with --iface "
                + "(there are \(existing.joined(separator: ", ")))"
        case .noAddress(let interface):
            "interface \(interface) has no IPv4 address; give it one or name another with --iface"
        }
    }
}

extension UnderlayChoice {
    /// Flannel's order: the names and addresses, the expressions, what reaches; with none of these the owner of the public
    /// address, else the default route's interface.
    func select(from candidates: UnderlayCandidates) throws(UnderlayError) -> Underlay {
        let links = candidates.links.filter { $0.name != ownDevice }
        let existing = links.filter { !$0.isLoopback }.map(\.name)
        for wanted in interfaces {
            if let address = try? IPv4Address(parsing: wanted) {
                if let found = owner(of: address, links, candidates) { return found }
            } else if let link = links.first(where: { $0.name == wanted }) {
                return try underlay(on: link, candidates)
            }
        }
        if let found = match(links, candidates) { return found }
        if let canReach {
            guard let route = candidates.reaching, let link = links.first(where: { $0.index == route.device }) else {
                throw .cannotReach(canReach)
            }
            return try underlay(on: link, candidates, preferring: route.source)
        }
        if !interfaces.isEmpty { throw .noSuchInterface(asked: interfaces, existing: existing) }
        if !expressions.isEmpty { throw .noMatch(expressions: expressions, existing: existing) }
        if let publicIP, let found = owner(of: publicIP, links, candidates) { return found }
        guard let route = candidates.defaultRoute, let link = links.first(where: { $0.index == route.device }) else {
            throw .noDefaultRoute(existing: existing)
        }
        return try underlay(on: link, candidates)
    }

    private func match(_ links: [Link], _ candidates: UnderlayCandidates) -> Underlay? {
        for text in expressions {
            guard let expression = try? Regex(text) else { continue }
            for address in candidates.addresses where "\(address.address)".contains(expression) {
                if let found = owner(of: address.address, links, candidates) { return found }
            }
            for link in links where link.name.contains(expression) {
                if let found = try? underlay(on: link, candidates) { return found }
            }
        }
        return nil
    }

    private func owner(of address: IPv4Address, _ links: [Link], _ candidates: UnderlayCandidates) -> Underlay? {
        guard let found = candidates.addresses.first(where: { $0.address == address }),
            let link = links.first(where: { $0.index == found.device })
        else { return nil }
        return Underlay(interfaceIndex: link.index, name: link.name, address: address, mtu: link.mtu)
    }

    /// Global addresses before link-local ones, permanent before leased, primary before secondary.
    private func underlay(
        on link: Link, _ candidates: UnderlayCandidates, preferring source: IPv4Address? = nil
    ) throws(UnderlayError) -> Underlay {
        let own = candidates.addresses.filter { $0.device == link.index }
        if let publicIP, own.contains(where: { $0.address == publicIP }) {
            return Underlay(interfaceIndex: link.index, name: link.name, address: publicIP, mtu: link.mtu)
        }
        if let source, own.contains(where: { $0.address == source }) {
            return Underlay(interfaceIndex: link.index, name: link.name, address: source, mtu: link.mtu)
        }
        let ranked = own.enumerated().min { left, right in
            (rank(left.element), left.offset) < (rank(right.element), right.offset)
        }
        guard let best = ranked?.element else { throw .noAddress(interface: link.name) }
        return Underlay(interfaceIndex: link.index, name: link.name, address: best.address, mtu: link.mtu)
    }

    private func rank(_ address: DeviceAddress) -> Int {
        (address.isGlobal && !address.address.isLinkLocal ? 0 : 4) + (address.isPermanent ? 0 : 2)
            + (address.isSecondary ? 1 : 0)
    }
}
