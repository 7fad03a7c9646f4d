/// Entries in one line each, as iproute2 would show them.
extension DataplaneInfo {
    /// Bytes that VXLAN puts around a packet over IPv4 (RFC 7348 §5): Ethernet 14, VXLAN 8, UDP 8, IP 20.
    package static let vxlanOverhead: UInt32 = 50

    /// Whether the route leads through the VXLAN device.
    package func isTunnel(_ route: Route) -> Bool { route.device != nil && route.device == device?.name }

    package func text(_ route: Route) -> String {
        guard let via = route.via else { return "blackhole \(route.subnet) metric \(route.metric)" }
        return "\(route.subnet) via \(via)" + (route.device.map { " dev \($0)" } ?? "")
            + (route.metric != 0 ? " metric \(route.metric)" : "") + (isTunnel(route) ? " onlink" : "")
    }
}

extension DataplaneInfo.Neighbour {
    package var text: String { "\(address) lladdr \(mac) PERMANENT" }
}

extension DataplaneInfo.Forwarding {
    package var text: String { "\(mac) dst \(destination) self permanent" }
}
