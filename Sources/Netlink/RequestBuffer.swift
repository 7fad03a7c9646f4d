internal import Addressing
internal import CNetlink
internal import Glibc

/// Requests one behind the other, to be sent in one datagram.
struct RequestBuffer: ~Copyable {
    private let storage: UnsafeMutableRawBufferPointer
    private(set) var used = 0
    private(set) var count = 0
    private var current: UnsafeMutablePointer<nlmsghdr>?

    /// Room that any one request of ours fits.
    static let longestRequest = 512

    init(capacity: Int) {
        storage = .allocate(byteCount: max(capacity, Self.longestRequest), alignment: 8)
        storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { storage.deallocate() }

    var hasRoom: Bool { storage.count - used >= Self.longestRequest }

    mutating func reset() {
        used = 0
        count = 0
        current = nil
    }

    /// The bytes; the last request asks for an acknowledgement, which says that all are done.
    borrowing func withBytes<Result>(acknowledged: Bool, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if acknowledged, let current { current.pointee.nlmsg_flags |= UInt16(NLM_F_ACK) }
        return body(UnsafeRawBufferPointer(rebasing: storage[..<used]))
    }

    mutating func put<Header: BitwiseCopyable>(
        type: Int32, flags: Int32, sequence: UInt32, header: Header,
        attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in }
    ) {
        guard hasRoom, let base = storage.baseAddress, let message = mnl_nlmsg_put_header(base + used) else { return }
        message.pointee.nlmsg_type = UInt16(truncatingIfNeeded: type)
        message.pointee.nlmsg_flags = UInt16(truncatingIfNeeded: Int32(NLM_F_REQUEST) | flags)
        message.pointee.nlmsg_seq = sequence
        if let extra = mnl_nlmsg_put_extra_header(message, MemoryLayout<Header>.size) {
            extra.storeBytes(of: header, as: Header.self)
        }
        attributes(message)
        used += Int(cnetlink_align(message.pointee.nlmsg_len))
        count += 1
        current = message
    }

    mutating func put(_ request: NetlinkRequest, sequence: UInt32) {
        let create = Int32(NLM_F_CREATE) | Int32(NLM_F_REPLACE)
        switch request {
        case .putRoute(let route): put(route, Int32(RTM_NEWROUTE), create, sequence)
        case .deleteRoute(let route): put(route, Int32(RTM_DELROUTE), 0, sequence)
        case .putNeighbour(let neighbour): put(neighbour, Int32(RTM_NEWNEIGH), create, sequence)
        case .deleteNeighbour(let neighbour): put(neighbour, Int32(RTM_DELNEIGH), 0, sequence)
        case .putForwarding(let entry): put(entry, Int32(RTM_NEWNEIGH), create, sequence)
        case .deleteForwarding(let entry): put(entry, Int32(RTM_DELNEIGH), 0, sequence)
        case .addAddress(let address): put(address, Int32(RTM_NEWADDR), create, sequence)
        case .deleteAddress(let address): put(address, Int32(RTM_DELADDR), 0, sequence)
        case .addVXLAN(let name, let parameters, let mtu, let linkAddress):
            put(name, parameters, mtu, linkAddress, sequence)
        case .deleteLink(let index, _):
            var header = ifinfomsg()
            header.ifi_index = index
            put(type: Int32(RTM_DELLINK), flags: 0, sequence: sequence, header: header)
        case .setLink(let index, _, let up, let mtu, let linkAddress):
            var header = ifinfomsg()
            header.ifi_index = index
            if let up {
                header.ifi_flags = up ? UInt32(IFF_UP) : 0
                header.ifi_change = UInt32(IFF_UP)
            }
            put(type: Int32(RTM_NEWLINK), flags: 0, sequence: sequence, header: header) { message in
                if let mtu { mnl_attr_put_u32(message, UInt16(IFLA_MTU), mtu) }
                if let linkAddress { Self.put(linkAddress, UInt16(IFLA_ADDRESS), in: message) }
            }
        }
    }

    private mutating func put(_ route: Route, _ type: Int32, _ flags: Int32, _ sequence: UInt32) {
        var header = rtmsg()
        header.rtm_family = UInt8(AF_INET)
        header.rtm_dst_len = UInt8(route.destination.prefixLength)
        header.rtm_table = UInt8(RT_TABLE_MAIN.rawValue)
        header.rtm_protocol = route.routeProtocol
        let isDeletion = type == Int32(RTM_DELROUTE)
        let scope =
            isDeletion ? RT_SCOPE_NOWHERE.rawValue : route.gateway == nil ? RT_SCOPE_LINK.rawValue : RT_SCOPE_UNIVERSE.rawValue
        header.rtm_scope = UInt8(scope)
        header.rtm_type = UInt8(isDeletion ? 0 : RTN_UNICAST)
        if route.isOnLink, !isDeletion { header.rtm_flags = UInt32(RTNH_F_ONLINK) }
        put(type: type, flags: flags, sequence: sequence, header: header) { message in
            mnl_attr_put_u32(message, UInt16(RTA_DST.rawValue), route.destination.base.bits.bigEndian)
            if let gateway = route.gateway {
                mnl_attr_put_u32(message, UInt16(RTA_GATEWAY.rawValue), gateway.bits.bigEndian)
            }
            mnl_attr_put_u32(message, UInt16(RTA_OIF.rawValue), UInt32(bitPattern: route.device))
            if route.metric != 0 { mnl_attr_put_u32(message, UInt16(RTA_PRIORITY.rawValue), route.metric) }
        }
    }

    private mutating func put(_ neighbour: Neighbour, _ type: Int32, _ flags: Int32, _ sequence: UInt32) {
        var header = ndmsg()
        header.ndm_family = UInt8(AF_INET)
        header.ndm_ifindex = neighbour.device
        header.ndm_state = UInt16(NUD_PERMANENT)
        put(type: type, flags: flags, sequence: sequence, header: header) { message in
            mnl_attr_put_u32(message, UInt16(NDA_DST), neighbour.address.bits.bigEndian)
            Self.put(neighbour.linkAddress, UInt16(NDA_LLADDR), in: message)
        }
    }

    private mutating func put(_ entry: ForwardingEntry, _ type: Int32, _ flags: Int32, _ sequence: UInt32) {
        var header = ndmsg()
        header.ndm_family = UInt8(PF_BRIDGE)
        header.ndm_ifindex = entry.device
        header.ndm_state = UInt16(NUD_PERMANENT | NUD_NOARP)
        header.ndm_flags = UInt8(NTF_SELF)
        put(type: type, flags: flags, sequence: sequence, header: header) { message in
            Self.put(entry.linkAddress, UInt16(NDA_LLADDR), in: message)
            mnl_attr_put_u32(message, UInt16(NDA_DST), entry.destination.bits.bigEndian)
        }
    }

    private mutating func put(_ address: DeviceAddress, _ type: Int32, _ flags: Int32, _ sequence: UInt32) {
        var header = ifaddrmsg()
        header.ifa_family = UInt8(AF_INET)
        header.ifa_prefixlen = address.prefixLength
        header.ifa_index = UInt32(bitPattern: address.device)
        put(type: type, flags: flags, sequence: sequence, header: header) { message in
            mnl_attr_put_u32(message, UInt16(IFA_LOCAL), address.address.bits.bigEndian)
            mnl_attr_put_u32(message, UInt16(IFA_ADDRESS), address.address.bits.bigEndian)
        }
    }

    private mutating func put(
        _ name: String, _ parameters: VXLANParameters, _ mtu: UInt32, _ linkAddress: MACAddress, _ sequence: UInt32
    ) {
        let flags = Int32(NLM_F_CREATE) | Int32(NLM_F_EXCL)
        put(type: Int32(RTM_NEWLINK), flags: flags, sequence: sequence, header: ifinfomsg()) { message in
            mnl_attr_put_strz(message, UInt16(IFLA_IFNAME), name)
            mnl_attr_put_u32(message, UInt16(IFLA_MTU), mtu)
            Self.put(linkAddress, UInt16(IFLA_ADDRESS), in: message)
            guard let information = mnl_attr_nest_start(message, UInt16(IFLA_LINKINFO)) else { return }
            mnl_attr_put_strz(message, UInt16(IFLA_INFO_KIND), "vxlan")
            guard let data = mnl_attr_nest_start(message, UInt16(IFLA_INFO_DATA)) else { return }
            mnl_attr_put_u32(message, UInt16(IFLA_VXLAN_ID), parameters.vni)
            mnl_attr_put_u32(message, UInt16(IFLA_VXLAN_LINK), UInt32(bitPattern: parameters.link))
            mnl_attr_put_u32(message, UInt16(IFLA_VXLAN_LOCAL), parameters.local.bits.bigEndian)
            mnl_attr_put_u16(message, UInt16(IFLA_VXLAN_PORT), parameters.port.bigEndian)
            mnl_attr_put_u8(message, UInt16(IFLA_VXLAN_LEARNING), parameters.learning ? 1 : 0)
            mnl_attr_put_u8(message, UInt16(IFLA_VXLAN_UDP_CSUM), parameters.udpChecksum ? 1 : 0)
            if parameters.groupPolicy { mnl_attr_put(message, UInt16(IFLA_VXLAN_GBP), 0, nil) }
            mnl_attr_nest_end(message, data)
            mnl_attr_nest_end(message, information)
        }
    }

    private static func put(_ address: MACAddress, _ type: UInt16, in message: UnsafeMutablePointer<nlmsghdr>) {
        address.networkBytes.withUnsafeBytes { mnl_attr_put(message, type, $0.count, $0.baseAddress) }
    }
}
