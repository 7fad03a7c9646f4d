package import Addressing
internal import CNetlink
internal import Glibc

/// What the kernel has. The kernel itself leaves out what is not asked for (NETLINK_GET_STRICT_CHK).
extension NetlinkSocket {
    package mutating func links() throws(NetlinkError) -> [Link] {
        try dump("links", type: Int32(RTM_GETLINK), header: ifinfomsg(), parse: Link.init(message:))
    }

    package mutating func link(named name: String) throws(NetlinkError) -> Link? {
        try ask(
            "device \(name)", type: Int32(RTM_GETLINK), header: ifinfomsg(), absent: [ENODEV],
            attributes: { mnl_attr_put_strz($0, UInt16(IFLA_IFNAME), name) }, parse: Link.init(message:))
    }

    /// - Parameter device: `nil` for all devices.
    package mutating func addresses(of device: Int32? = nil) throws(NetlinkError) -> [DeviceAddress] {
        var header = ifaddrmsg()
        header.ifa_family = UInt8(AF_INET)
        header.ifa_index = UInt32(bitPattern: device ?? 0)
        return try dump("addresses", type: Int32(RTM_GETADDR), header: header) { message in
            DeviceAddress(message: message).flatMap { device == nil || $0.device == device ? $0 : nil }
        }
    }

    /// The main table's unicast IPv4 routes of one protocol.
    package mutating func routes(ofProtocol routeProtocol: UInt8) throws(NetlinkError) -> [Route] {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        header.rtm_protocol = routeProtocol
        return try dump("routes", type: Int32(RTM_GETROUTE), header: header) { message in
            Route(message: message).flatMap { $0.routeProtocol == routeProtocol ? $0 : nil }
        }
    }

    /// The main table's default route with the lowest metric.
    package mutating func defaultRoute() throws(NetlinkError) -> Route? {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        let routes = try dump("routes", type: Int32(RTM_GETROUTE), header: header, parse: Route.init(message:))
        return routes.filter { $0.destination.prefixLength == 0 }.min { $0.metric < $1.metric }
    }

    /// The permanent IPv4 neighbours of a device.
    package mutating func permanentNeighbours(of device: Int32) throws(NetlinkError) -> [Neighbour] {
        var header = ndmsg()
        header.ndm_family = UInt8(AF_INET)
        return try dump(
            "neighbours", type: Int32(RTM_GETNEIGH), header: header,
            attribute: (UInt16(NDA_IFINDEX), UInt32(bitPattern: device))
        ) { message in Neighbour(message: message).flatMap { $0.device == device ? $0 : nil } }
    }

    /// The permanent entries of a VXLAN device's own forwarding database that lead somewhere.
    package mutating func forwardingEntries(of device: Int32) throws(NetlinkError) -> [ForwardingEntry] {
        var header = ndmsg()
        header.ndm_family = UInt8(PF_BRIDGE)
        return try dump(
            "FDB entries", type: Int32(RTM_GETNEIGH), header: header,
            attribute: (UInt16(NDA_IFINDEX), UInt32(bitPattern: device))
        ) { message in ForwardingEntry(message: message).flatMap { $0.device == device ? $0 : nil } }
    }

    /// How a packet to `address` would go; `nil` when it would not.
    package mutating func route(to address: IPv4Address) throws(NetlinkError) -> RouteLookup? {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_dst_len = 32
        return try ask(
            "route to \(address)", type: Int32(RTM_GETROUTE), header: header,
            absent: [ENETUNREACH, EHOSTUNREACH, EINVAL, EACCES],
            attributes: { mnl_attr_put_u32($0, UInt16(RTA_DST.rawValue), address.bits.bigEndian) },
            parse: RouteLookup.init(message:))
    }
}
