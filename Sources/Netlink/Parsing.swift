internal import Addressing
internal import CNetlink
internal import Glibc

extension Link {
    init?(message: NetlinkMessages.Message) {
        guard message.type == Int32(RTM_NEWLINK), let index = message.payload.load(Int32.self, at: 4),
            let flags = message.payload.load(UInt32.self, at: 8)
        else { return nil }
        self.init(
            index: index, name: "", mtu: 0, isUp: flags & UInt32(IFF_UP) != 0,
            isLoopback: flags & UInt32(IFF_LOOPBACK) != 0)
        for attribute in message.attributes(after: MemoryLayout<ifinfomsg>.size) {
            switch attribute.type {
            case Int32(IFLA_IFNAME): name = attribute.text
            case Int32(IFLA_MTU): mtu = attribute.unsigned32 ?? 0
            case Int32(IFLA_ADDRESS): linkAddress = MACAddress(networkBytes: attribute.bytes)
            case Int32(IFLA_LINKINFO): read(attribute.nested)
            default: break
            }
        }
        guard !name.isEmpty else { return nil }
    }

    private mutating func read(_ information: Attributes) {
        for attribute in information {
            switch attribute.type {
            case Int32(IFLA_INFO_KIND): kind = attribute.text
            case Int32(IFLA_INFO_DATA) where kind == "vxlan": vxlan = VXLANParameters(attribute.nested)
            default: break
            }
        }
    }
}

extension VXLANParameters {
    /// `nil` for a device with a group or an IPv6 end.
    init?(_ attributes: Attributes) {
        var vni: UInt32?
        var port: UInt16?
        self.init(vni: 0, link: 0, local: IPv4Address(bits: 0), port: 0, udpChecksum: false)
        for attribute in attributes {
            switch attribute.type {
            case Int32(IFLA_VXLAN_ID): vni = attribute.unsigned32
            case Int32(IFLA_VXLAN_LINK): link = Int32(bitPattern: attribute.unsigned32 ?? 0)
            case Int32(IFLA_VXLAN_LOCAL): local = IPv4Address(bits: attribute.big32 ?? 0)
            case Int32(IFLA_VXLAN_PORT): port = attribute.big16
            case Int32(IFLA_VXLAN_LEARNING): learning = attribute.unsigned8 == 1
            case Int32(IFLA_VXLAN_UDP_CSUM): udpChecksum = attribute.unsigned8 == 1
            case Int32(IFLA_VXLAN_GBP): groupPolicy = true
            case Int32(IFLA_VXLAN_GROUP), Int32(IFLA_VXLAN_GROUP6), Int32(IFLA_VXLAN_LOCAL6): return nil
            default: break
            }
        }
        guard let vni, let port else { return nil }
        self.vni = vni
        self.port = port
    }
}

extension DeviceAddress {
    init?(message: NetlinkMessages.Message) {
        guard message.type == Int32(RTM_NEWADDR), message.payload.load(UInt8.self, at: 0) == UInt8(AF_INET),
            let prefixLength = message.payload.load(UInt8.self, at: 1), prefixLength <= 32,
            let scope = message.payload.load(UInt8.self, at: 3), let device = message.payload.load(UInt32.self, at: 4)
        else { return nil }
        var flags = UInt32(message.payload.load(UInt8.self, at: 2) ?? 0)
        var local: IPv4Address?
        var peer: IPv4Address?
        for attribute in message.attributes(after: MemoryLayout<ifaddrmsg>.size) {
            switch attribute.type {
            case Int32(IFA_LOCAL): local = attribute.big32.map { IPv4Address(bits: $0) }
            case Int32(IFA_ADDRESS): peer = attribute.big32.map { IPv4Address(bits: $0) }
            case Int32(IFA_FLAGS): flags = attribute.unsigned32 ?? flags
            default: break
            }
        }
        guard let address = local ?? peer else { return nil }
        self.init(
            address: address, prefixLength: prefixLength, device: Int32(bitPattern: device),
            isGlobal: scope == UInt8(RT_SCOPE_UNIVERSE.rawValue), isPermanent: flags & UInt32(IFA_F_PERMANENT) != 0,
            isSecondary: flags & UInt32(IFA_F_SECONDARY) != 0)
    }
}

extension Route {
    init?(message: NetlinkMessages.Message) {
        let payload = message.payload
        guard message.type == Int32(RTM_NEWROUTE), payload.load(UInt8.self, at: 0) == UInt8(AF_INET),
            let length = payload.load(UInt8.self, at: 1), payload.load(UInt8.self, at: 3) == 0,
            payload.load(UInt8.self, at: 4) == UInt8(RT_TABLE_MAIN.rawValue),
            let origin = payload.load(UInt8.self, at: 5), payload.load(UInt8.self, at: 7) == UInt8(RTN_UNICAST),
            let flags = payload.load(UInt32.self, at: 8)
        else { return nil }
        var destination = IPv4Address(bits: 0)
        var gateway: IPv4Address?
        var device: Int32 = 0
        var metric: UInt32 = 0
        for attribute in message.attributes(after: MemoryLayout<rtmsg>.size) {
            switch attribute.type {
            case Int32(RTA_DST.rawValue): destination = IPv4Address(bits: attribute.big32 ?? 0)
            case Int32(RTA_GATEWAY.rawValue): gateway = attribute.big32.map { IPv4Address(bits: $0) }
            case Int32(RTA_OIF.rawValue): device = Int32(bitPattern: attribute.unsigned32 ?? 0)
            case Int32(RTA_PRIORITY.rawValue): metric = attribute.unsigned32 ?? 0
            default: break
            }
        }
        guard let block = IPv4Block(base: destination, prefixLength: Int(length)) else { return nil }
        self.init(
            destination: block, gateway: gateway, device: device, metric: metric,
            isOnLink: flags & UInt32(RTNH_F_ONLINK) != 0, routeProtocol: origin)
    }
}

extension RouteLookup {
    init?(message: NetlinkMessages.Message) {
        guard message.type == Int32(RTM_NEWROUTE), message.payload.load(UInt8.self, at: 7) == UInt8(RTN_UNICAST) else {
            return nil
        }
        self.init(device: 0, gateway: nil, source: nil)
        for attribute in message.attributes(after: MemoryLayout<rtmsg>.size) {
            switch attribute.type {
            case Int32(RTA_OIF.rawValue): device = Int32(bitPattern: attribute.unsigned32 ?? 0)
            case Int32(RTA_GATEWAY.rawValue): gateway = attribute.big32.map { IPv4Address(bits: $0) }
            case Int32(RTA_PREFSRC.rawValue): source = attribute.big32.map { IPv4Address(bits: $0) }
            default: break
            }
        }
    }
}

/// The fields of struct ndmsg, which neighbours and FDB entries share.
private struct NeighbourMessage {
    let family: UInt8
    let device: Int32
    let state: Int32
    let flags: UInt8
    var address: IPv4Address?
    var linkAddress: MACAddress?

    init?(_ message: NetlinkMessages.Message) {
        let payload = message.payload
        guard message.type == Int32(RTM_NEWNEIGH), let family = payload.load(UInt8.self, at: 0),
            let device = payload.load(Int32.self, at: 4), let state = payload.load(UInt16.self, at: 8),
            let flags = payload.load(UInt8.self, at: 10)
        else { return nil }
        self.family = family
        self.device = device
        self.state = Int32(state)
        self.flags = flags
        for attribute in message.attributes(after: MemoryLayout<ndmsg>.size) {
            switch attribute.type {
            case Int32(NDA_DST): address = attribute.big32.map { IPv4Address(bits: $0) }
            case Int32(NDA_LLADDR): linkAddress = MACAddress(networkBytes: attribute.bytes)
            default: break
            }
        }
    }

    var isPermanent: Bool { state & Int32(NUD_PERMANENT) != 0 }
}

extension Neighbour {
    init?(message: NetlinkMessages.Message) {
        guard let fields = NeighbourMessage(message), fields.family == UInt8(AF_INET), fields.isPermanent,
            let address = fields.address, let linkAddress = fields.linkAddress
        else { return nil }
        self.init(address: address, linkAddress: linkAddress, device: fields.device)
    }
}

extension ForwardingEntry {
    init?(message: NetlinkMessages.Message) {
        guard let fields = NeighbourMessage(message), fields.family == UInt8(PF_BRIDGE), fields.isPermanent,
            fields.flags & UInt8(NTF_SELF) != 0, let destination = fields.address, let linkAddress = fields.linkAddress
        else { return nil }
        self.init(linkAddress: linkAddress, destination: destination, device: fields.device)
    }
}
