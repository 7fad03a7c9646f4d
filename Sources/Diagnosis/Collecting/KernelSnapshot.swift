internal import Addressing
internal import Dataplane
internal import Netlink

/// The routes and addresses of this network namespace that are not of Felt's making.
struct KernelSnapshot {
    private(set) var routes: [Facts.Foreign] = []
    private(set) var addresses: [Facts.Foreign] = []
    private(set) var device: Facts.Device?

    /// RTPROT_KERNEL: made with an address, and told as that.
    private static let kernelProtocol: UInt8 = 2
    /// Halves of everything, as VPNs write a default route.
    private static let shortest = 2

    init(ownDevice: String) throws(NetlinkError) {
        var socket = try NetlinkSocket()
        let links = try socket.links()
        let names = Dictionary(links.map { ($0.index, $0.name) }, uniquingKeysWith: { first, _ in first })
        device = links.first { $0.name == ownDevice && $0.kind == "vxlan" }.map { .init(name: $0.name, mtu: $0.mtu) }
        for route in try socket.routes() {
            guard route.routeProtocol != DesiredState.routeProtocol, route.routeProtocol != Self.kernelProtocol,
                route.destination.prefixLength >= Self.shortest
            else { continue }
            let name = names[route.interfaceIndex] ?? "-"
            guard name != ownDevice else { continue }
            let via = route.gateway.map { " via \($0)" } ?? ""
            let over = route.interfaceIndex == 0 ? "" : " dev \(name)"
            routes.append(.init(block: route.destination, device: name, text: "\(route.destination)\(via)\(over)"))
        }
        for address in try socket.addresses() {
            guard let name = names[address.interfaceIndex], name != ownDevice,
                let block = IPv4Block(containing: address.address, prefixLength: address.prefixLength)
            else { continue }
            addresses.append(.init(block: block, device: name, text: "\(address.address)/\(address.prefixLength)"))
        }
    }
}
