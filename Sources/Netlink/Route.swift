package import Addressing
internal import CNetlink
internal import Glibc

/// An IPv4 route.
package struct Route: Hashable, Sendable {
    package var destination: IPv4Block
    package var gateway: IPv4Address?
    /// The device; 0 when the route names none or several.
    package var interfaceIndex: Int32
    /// The gateway is taken as a neighbour on the device, whatever the addresses there say (RTNH_F_ONLINK).
    package var isOnLink: Bool
    /// The kernel's priority: the lower wins.
    package var metric: UInt32
    /// RTPROT_*: who installed it.
    package var routeProtocol: UInt8
    package var table: UInt32
    /// RT_SCOPE_*; 0 global.
    package var scope: UInt8
    /// RTN_*; 1 unicast.
    package var type: UInt8
    package var typeOfService: UInt8
    package var preferredSource: IPv4Address?
    /// It carries what this type does not: several next hops, a next-hop object, metrics, an encapsulation.
    package var hasOtherAttributes: Bool

    /// RT_TABLE_MAIN.
    package static let mainTable: UInt32 = 254
    /// RTN_UNICAST.
    package static let unicast: UInt8 = 1
    /// RTN_BLACKHOLE.
    package static let blackhole: UInt8 = 6

    package init(
        destination: IPv4Block, gateway: IPv4Address?, interfaceIndex: Int32, isOnLink: Bool = false,
        metric: UInt32 = 0, routeProtocol: UInt8, table: UInt32 = Self.mainTable, scope: UInt8 = 0,
        type: UInt8 = Self.unicast, typeOfService: UInt8 = 0, preferredSource: IPv4Address? = nil,
        hasOtherAttributes: Bool = false
    ) {
        self.destination = destination
        self.gateway = gateway
        self.interfaceIndex = interfaceIndex
        self.isOnLink = isOnLink
        self.metric = metric
        self.routeProtocol = routeProtocol
        self.table = table
        self.scope = scope
        self.type = type
        self.typeOfService = typeOfService
        self.preferredSource = preferredSource
        self.hasOtherAttributes = hasOtherAttributes
    }

    /// The kernel made it, for an address of the device (RTPROT_KERNEL).
    package var isConnected: Bool { routeProtocol == UInt8(RTPROT_KERNEL) }

    /// Written out: the compiler's own compares optional addresses by generic code, and tables of thousands are compared.
    package static func == (left: Self, right: Self) -> Bool {
        left.destination == right.destination && left.gateway?.bits == right.gateway?.bits
            && left.interfaceIndex == right.interfaceIndex && left.isOnLink == right.isOnLink
            && left.metric == right.metric && left.routeProtocol == right.routeProtocol && left.table == right.table
            && left.scope == right.scope && left.type == right.type && left.typeOfService == right.typeOfService
            && left.preferredSource?.bits == right.preferredSource?.bits
            && left.hasOtherAttributes == right.hasOtherAttributes
    }

    /// Reads a message of RTM_NEWROUTE or RTM_DELROUTE; `nil` when it is not one of IPv4 that can be read.
    package init?(_ message: NetlinkMessage) {
        guard let header = message.header(rtmsg.self), Int32(header.rtm_family) == AF_INET, header.rtm_dst_len <= 32
        else { return nil }
        var destination = IPv4Address(bits: 0)
        var gateway: IPv4Address?
        var preferredSource: IPv4Address?
        var interfaceIndex: Int32 = 0
        var metric: UInt32 = 0
        var table = UInt32(header.rtm_table)
        var hasOtherAttributes = false
        for (type, value) in message.attributes(after: MemoryLayout<rtmsg>.size) {
            switch UInt32(type) {
            case RTA_DST.rawValue: destination = value.ipv4 ?? destination
            case RTA_GATEWAY.rawValue: gateway = value.ipv4
            case RTA_PREFSRC.rawValue: preferredSource = value.ipv4
            case RTA_OIF.rawValue: interfaceIndex = value.integer(at: 0, as: Int32.self) ?? 0
            case RTA_PRIORITY.rawValue: metric = value.integer(at: 0, as: UInt32.self) ?? 0
            case RTA_TABLE.rawValue: table = value.integer(at: 0, as: UInt32.self) ?? table
            case RTA_MULTIPATH.rawValue, RTA_NH_ID.rawValue, RTA_METRICS.rawValue, RTA_ENCAP.rawValue,
                RTA_VIA.rawValue, RTA_FLOW.rawValue:
                hasOtherAttributes = true
            default: break
            }
        }
        guard let block = IPv4Block(containing: destination, prefixLength: Int(header.rtm_dst_len)) else { return nil }
        self.init(
            destination: block, gateway: gateway, interfaceIndex: interfaceIndex,
            isOnLink: header.rtm_flags & UInt32(RTNH_F_ONLINK) != 0, metric: metric,
            routeProtocol: header.rtm_protocol, table: table, scope: header.rtm_scope, type: header.rtm_type,
            typeOfService: header.rtm_tos, preferredSource: preferredSource, hasOtherAttributes: hasOtherAttributes)
    }
}
