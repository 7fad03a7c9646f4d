internal import Addressing
internal import CNetlink
internal import Glibc

extension RequestBuffer {
    private static let put = NLM_F_CREATE | NLM_F_REPLACE

    mutating func append(_ change: KernelChange, sequence: UInt32) {
        switch change {
        case .createVXLAN(let name, let parameters, let mac, let mtu):
            createVXLAN(name: name, parameters: parameters, mac: mac, mtu: mtu, sequence: sequence)
        case .configureLink(let index, _, let settings): configure(index, settings, sequence: sequence)
        case .deleteLink(let index, _):
            var header = ifinfomsg()
            header.ifi_index = index
            append(type: RTM_DELLINK, flags: 0, sequence: sequence, header: header)
        case .putAddress(let entry): append(entry, type: RTM_NEWADDR, flags: Self.put, sequence: sequence)
        case .removeAddress(let entry): append(entry, type: RTM_DELADDR, flags: 0, sequence: sequence)
        case .putNeighbour(let entry): append(entry, type: RTM_NEWNEIGH, flags: Self.put, sequence: sequence)
        case .removeNeighbour(let entry): append(entry, type: RTM_DELNEIGH, flags: 0, sequence: sequence)
        case .putForwarding(let entry): append(entry, type: RTM_NEWNEIGH, flags: Self.put, sequence: sequence)
        case .removeForwarding(let entry): append(entry, type: RTM_DELNEIGH, flags: 0, sequence: sequence)
        case .putRoute(let route): append(route, type: RTM_NEWROUTE, flags: Self.put, sequence: sequence)
        case .addRoute(let route): append(route, type: RTM_NEWROUTE, flags: NLM_F_CREATE, sequence: sequence)
        case .removeRoute(let route): append(route, type: RTM_DELROUTE, flags: 0, sequence: sequence)
        }
    }

    private mutating func createVXLAN(
        name: String, parameters: VXLANParameters, mac: MACAddress, mtu: UInt32, sequence: UInt32
    ) {
        let flags = NLM_F_CREATE | NLM_F_EXCL
        append(type: RTM_NEWLINK, flags: flags, sequence: sequence, header: ifinfomsg()) { message in
            message.put(IFLA_IFNAME, name: name)
            message.put(IFLA_ADDRESS, mac)
            message.put(IFLA_MTU, mtu)
            // As flannel's: a tunnel has no queue of its own.
            message.put(IFLA_TXQLEN, UInt32(0))
            message.nest(IFLA_LINKINFO) {
                message.put(IFLA_INFO_KIND, name: "vxlan")
                message.nest(IFLA_INFO_DATA) {
                    message.put(IFLA_VXLAN_ID, parameters.vni)
                    if parameters.link != 0 { message.put(IFLA_VXLAN_LINK, parameters.link) }
                    if let local = parameters.local { message.put(IFLA_VXLAN_LOCAL, local) }
                    message.put(IFLA_VXLAN_PORT, port: parameters.port)
                    message.put(IFLA_VXLAN_LEARNING, UInt8(parameters.learning ? 1 : 0))
                    message.put(IFLA_VXLAN_UDP_CSUM, UInt8(parameters.udpChecksum ? 1 : 0))
                    if parameters.gbp { mnl_attr_put(message, UInt16(IFLA_VXLAN_GBP), 0, nil) }
                }
            }
        }
    }

    private mutating func configure(_ index: Int32, _ settings: LinkSettings, sequence: UInt32) {
        var header = ifinfomsg()
        header.ifi_index = index
        if let isUp = settings.isUp {
            header.ifi_change = UInt32(IFF_UP)
            header.ifi_flags = isUp ? UInt32(IFF_UP) : 0
        }
        append(type: RTM_NEWLINK, flags: 0, sequence: sequence, header: header) { message in
            if let mac = settings.mac { message.put(IFLA_ADDRESS, mac) }
            if let mtu = settings.mtu { message.put(IFLA_MTU, mtu) }
            if let alias = settings.alias { message.put(IFLA_IFALIAS, alias: alias) }
            if let mode = settings.addressGeneration {
                message.nest(IFLA_AF_SPEC) {
                    message.nest(Int(AF_INET6)) { message.put(IFLA_INET6_ADDR_GEN_MODE, mode.rawValue) }
                }
            }
        }
    }

    private mutating func append(_ entry: InterfaceAddress, type: Int, flags: Int32, sequence: UInt32) {
        var header = ifaddrmsg()
        header.ifa_family = UInt8(AF_INET)
        header.ifa_prefixlen = UInt8(truncatingIfNeeded: entry.prefixLength)
        header.ifa_scope = entry.scope
        header.ifa_index = UInt32(bitPattern: entry.interfaceIndex)
        append(type: type, flags: flags, sequence: sequence, header: header) { message in
            message.put(IFA_LOCAL, entry.address)
            message.put(IFA_ADDRESS, entry.address)
        }
    }

    private mutating func append(_ entry: Neighbour, type: Int, flags: Int32, sequence: UInt32) {
        var header = ndmsg()
        header.ndm_family = UInt8(AF_INET)
        header.ndm_ifindex = entry.interfaceIndex
        header.ndm_state = UInt16(NUD_PERMANENT)
        append(type: type, flags: flags, sequence: sequence, header: header) { message in
            message.put(NDA_DST, entry.address)
            if let mac = entry.mac { message.put(NDA_LLADDR, mac) }
        }
    }

    private mutating func append(_ entry: ForwardingEntry, type: Int, flags: Int32, sequence: UInt32) {
        var header = ndmsg()
        header.ndm_family = UInt8(AF_BRIDGE)
        header.ndm_ifindex = entry.interfaceIndex
        header.ndm_state = UInt16(NUD_PERMANENT)
        header.ndm_flags = UInt8(NTF_SELF)
        append(type: type, flags: flags, sequence: sequence, header: header) { message in
            message.put(NDA_LLADDR, entry.mac)
            if let destination = entry.destination { message.put(NDA_DST, destination) }
            if let port = entry.port { message.put(NDA_PORT, port: port) }
            if let vni = entry.vni { message.put(NDA_VNI, vni) }
            if let link = entry.link { message.put(NDA_IFINDEX, link) }
        }
    }

    private mutating func append(_ route: Route, type: Int, flags: Int32, sequence: UInt32) {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_dst_len = UInt8(truncatingIfNeeded: route.destination.prefixLength)
        header.rtm_tos = route.typeOfService
        header.rtm_table = route.table < 256 ? UInt8(route.table) : 0
        header.rtm_protocol = route.routeProtocol
        header.rtm_scope = route.scope
        header.rtm_type = route.type
        header.rtm_flags = route.isOnLink ? UInt32(RTNH_F_ONLINK) : 0
        append(type: type, flags: flags, sequence: sequence, header: header) { message in
            message.put(Int(RTA_DST.rawValue), route.destination.base)
            if route.table >= 256 { message.put(Int(RTA_TABLE.rawValue), route.table) }
            if let gateway = route.gateway { message.put(Int(RTA_GATEWAY.rawValue), gateway) }
            if route.interfaceIndex != 0 { message.put(Int(RTA_OIF.rawValue), route.interfaceIndex) }
            if route.metric != 0 { message.put(Int(RTA_PRIORITY.rawValue), route.metric) }
            if let source = route.preferredSource { message.put(Int(RTA_PREFSRC.rawValue), source) }
        }
    }
}
