package import Addressing
package import Netlink

/// Selects the underlay as flannel does: --iface in order, then --iface-regex (addresses, then names), then
/// --iface-can-reach; without any, the interface that owns --public-ip, else the default route's.
package struct UnderlaySelector {
    private let links: [Link]
    private let addresses: [InterfaceAddress]
    /// Of the default route that the kernel prefers.
    private let defaultInterface: Int32?
    private let lookup: (IPv4Address) throws(NetlinkError) -> RouteLookup?

    /// - Parameter lookup: the route to an address; asked only for --iface-can-reach.
    package init(
        links: [Link], addresses: [InterfaceAddress], defaultInterface: Int32?,
        lookup: @escaping (IPv4Address) throws(NetlinkError) -> RouteLookup?
    ) {
        self.links = links
        self.addresses = addresses
        self.defaultInterface = defaultInterface
        self.lookup = lookup
    }

    /// Reads this thread's namespace and selects.
    package static func select(_ request: UnderlayRequest) throws(UnderlaySelectionError) -> Underlay {
        do {
            var socket = try NetlinkSocket()
            let links = try socket.links().filter { $0.name != request.ownDevice }
            let indices = Set(links.map(\.index))
            let addresses = try socket.addresses().filter { indices.contains($0.interfaceIndex) }
            let defaults = try socket.routes { route in
                route.destination.prefixLength == 0 && route.type == Route.unicast
                    && indices.contains(route.interfaceIndex)
            }
            let reached = try request.canReach.flatMap { address throws(NetlinkError) in try socket.lookup(address) }
            let selector = UnderlaySelector(
                links: links, addresses: addresses,
                defaultInterface: defaults.min { $0.metric < $1.metric }?.interfaceIndex,
                lookup: { _ in reached })
            return try selector.select(request)
        } catch let error as NetlinkError {
            throw .netlink(error)
        } catch let error as UnderlaySelectionError {
            throw error
        } catch {
            throw .notFound(request: request, existing: "\(error)")
        }
    }

    package func select(_ request: UnderlayRequest) throws(UnderlaySelectionError) -> Underlay {
        if request.isEmpty { return try byDefault(publicIP: request.publicIP) }
        for interface in request.interfaces {
            if let found = try named(interface) { return found }
        }
        for pattern in request.patterns {
            if let found = try matching(pattern) { return found }
        }
        if let target = request.canReach, let found = try reaching(target) { return found }
        throw .notFound(request: request, existing: existing)
    }

    private func byDefault(publicIP: IPv4Address?) throws(UnderlaySelectionError) -> Underlay {
        if let publicIP, let owner = owner(of: publicIP) { return owner }
        guard let link = links.first(where: { $0.index == defaultInterface }) else {
            throw .noDefaultRoute(existing: existing)
        }
        return try underlay(link)
    }

    private func named(_ text: String) throws(UnderlaySelectionError) -> Underlay? {
        if let address = try? IPv4Address(parsing: text) { return owner(of: address) }
        return try links.first { $0.name == text }.map { link throws(UnderlaySelectionError) in try underlay(link) }
    }

    /// Unanchored, as flannel's.
    private func matching(_ pattern: String) throws(UnderlaySelectionError) -> Underlay? {
        guard let expression = try? Regex(pattern) else { throw .badPattern(pattern) }
        for entry in addresses where entry.address.description.firstMatch(of: expression) != nil {
            if let found = owner(of: entry.address) { return found }
        }
        for link in links where link.name.firstMatch(of: expression) != nil {
            if best(of: link) != nil { return try underlay(link) }
        }
        return nil
    }

    private func reaching(_ target: IPv4Address) throws(UnderlaySelectionError) -> Underlay? {
        let route: RouteLookup?
        do { route = try lookup(target) } catch { throw .netlink(error) }
        guard let route, let link = links.first(where: { $0.index == route.interfaceIndex }) else { return nil }
        guard let source = route.preferredSource else { return try underlay(link) }
        return Underlay(interfaceIndex: link.index, name: link.name, address: source, mtu: link.mtu)
    }

    private func owner(of address: IPv4Address) -> Underlay? {
        guard let entry = addresses.first(where: { $0.address == address }),
            let link = links.first(where: { $0.index == entry.interfaceIndex })
        else { return nil }
        return Underlay(interfaceIndex: link.index, name: link.name, address: address, mtu: link.mtu)
    }

    private func underlay(_ link: Link) throws(UnderlaySelectionError) -> Underlay {
        guard let address = best(of: link) else { throw .noAddress(interface: link.name) }
        return Underlay(interfaceIndex: link.index, name: link.name, address: address, mtu: link.mtu)
    }

    /// Global over link-local, then permanent over dynamic, then the kernel's order.
    private func best(of link: Link) -> IPv4Address? {
        addresses.filter { $0.interfaceIndex == link.index }
            .enumerated().min { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }?.element.address
    }

    private var existing: String {
        let shown = links.map { link in
            let own = addresses.filter { $0.interfaceIndex == link.index }.map(\.address.description)
            return own.isEmpty ? quoted(link.name) : "\(quoted(link.name)) (\(own.joined(separator: ", ")))"
        }
        let more = shown.count > 20 ? " and \(shown.count - 20) more" : ""
        return shown.isEmpty ? "none" : shown.prefix(20).joined(separator: ", ") + more
    }
}

extension InterfaceAddress {
    /// RT_SCOPE_LINK (linux/rtnetlink.h) and wider are of no use beyond the link.
    fileprivate var rank: Int { (address.isLinkLocal || scope >= 253 ? 2 : 0) + (isPermanent ? 0 : 1) }
}
