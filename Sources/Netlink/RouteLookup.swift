package import Addressing
internal import CNetlink

/// How the kernel would send a packet to an address.
package struct RouteLookup: Hashable, Sendable {
    /// `nil` when there is none, or when it is not of IPv4.
    package var gateway: IPv4Address?
    /// There is a gateway, of whichever family.
    package var hasGateway: Bool
    package var interfaceIndex: Int32
    /// The source address the kernel would take.
    package var preferredSource: IPv4Address?
    /// RTN_* (linux/rtnetlink.h): 1 unicast, 2 this host's own.
    package var type: UInt8
    /// The table whose route it is.
    package var table: UInt32

    package init(
        gateway: IPv4Address?, interfaceIndex: Int32, preferredSource: IPv4Address?, type: UInt8 = Route.unicast,
        table: UInt32 = Route.mainTable
    ) {
        self.gateway = gateway
        hasGateway = gateway != nil
        self.interfaceIndex = interfaceIndex
        self.preferredSource = preferredSource
        self.type = type
        self.table = table
    }

    /// Reads the answer to RTM_GETROUTE.
    init?(_ message: NetlinkMessage) {
        guard let route = Route(message) else { return nil }
        self.init(
            gateway: route.gateway, interfaceIndex: route.interfaceIndex, preferredSource: route.preferredSource,
            type: route.type, table: route.table)
        for (type, _) in message.attributes(after: MemoryLayout<rtmsg>.size) where type == UInt16(RTA_VIA.rawValue) {
            hasGateway = true
        }
    }

    /// The address is another host's, to be reached over this device without a gateway.
    package func isOnLink(over interfaceIndex: Int32) -> Bool {
        type == Route.unicast && !hasGateway && self.interfaceIndex == interfaceIndex
    }
}
