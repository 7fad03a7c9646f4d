package import Addressing
internal import Dataplane
package import Netlink

/// Reads the kernel of this thread's network namespace and tells what it finds as iproute2 would. Used on one thread.
package final class KernelReader {
    private var socket: NetlinkSocket
    private var names: [Int32: String] = [:]

    package init() throws(NetlinkError) { socket = try NetlinkSocket() }

    package func link(named name: String) throws(NetlinkError) -> Link? { try socket.link(named: name) }

    package func links() throws(NetlinkError) -> [Link] { try socket.links() }

    /// The route that a packet to the address takes; `nil` when it has none, or one that refuses it.
    package func route(to address: IPv4Address) throws(NetlinkError) -> Route? { try socket.route(to: address) }

    package func lookup(_ address: IPv4Address, over device: Int32) throws(NetlinkError) -> RouteLookup? {
        try socket.lookup(address, over: device)
    }

    /// The routes of ours in the main table.
    package func routes() throws(NetlinkError) -> [Route] {
        try socket.routes(routeProtocol: DesiredState.routeProtocol)
    }

    package func addresses(of device: Int32) throws(NetlinkError) -> [InterfaceAddress] {
        try socket.addresses(of: device)
    }

    package func neighbours(of device: Int32) throws(NetlinkError) -> [Neighbour] { try socket.neighbours(of: device) }

    package func forwarding(of device: Int32) throws(NetlinkError) -> [ForwardingEntry] {
        try socket.forwardingEntries(of: device)
    }

    func name(of device: Int32) -> String {
        if let known = names[device] { return known }
        let name = (try? socket.link(index: device))?.name ?? "device \(device)"
        names[device] = name
        return name
    }

    func text(_ route: Route) -> String {
        var text = route.type == Route.blackhole ? "blackhole " : ""
        text += route.destination.prefixLength == 0 ? "default" : "\(route.destination)"
        if let gateway = route.gateway { text += " via \(gateway)" }
        if route.interfaceIndex != 0 { text += " dev \(name(of: route.interfaceIndex))" }
        if route.table != Route.mainTable { text += " table \(route.table == 255 ? "local" : "\(route.table)")" }
        if route.routeProtocol != DesiredState.routeProtocol { text += " proto \(route.routeProtocol)" }
        if route.metric != 0 { text += " metric \(route.metric)" }
        return text + (route.isOnLink ? " onlink" : "")
    }
}
