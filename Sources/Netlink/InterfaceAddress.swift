package import Addressing
internal import CNetlink
internal import Glibc

/// An IPv4 address of a device.
package struct InterfaceAddress: Hashable, Sendable {
    package var interfaceIndex: Int32
    package var address: IPv4Address
    package var prefixLength: Int
    /// RT_SCOPE_* (linux/rtnetlink.h): 0 global, 253 link, 254 host.
    package var scope: UInt8
    /// It has no lifetime; false for one from DHCP.
    package var isPermanent: Bool

    package init(
        interfaceIndex: Int32, address: IPv4Address, prefixLength: Int, scope: UInt8 = 0, isPermanent: Bool = true
    ) {
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.prefixLength = prefixLength
        self.scope = scope
        self.isPermanent = isPermanent
    }

    /// Reads a message of RTM_NEWADDR or RTM_DELADDR; `nil` when it is not one of IPv4 that can be read.
    package init?(_ message: NetlinkMessage) {
        guard let header = message.header(ifaddrmsg.self), Int32(header.ifa_family) == AF_INET,
            let index = Int32(exactly: header.ifa_index), header.ifa_prefixlen <= 32
        else { return nil }
        var local: IPv4Address?
        var peer: IPv4Address?
        var flags = UInt32(header.ifa_flags)
        for (type, value) in message.attributes(after: MemoryLayout<ifaddrmsg>.size) {
            switch Int(type) {
            case IFA_LOCAL: local = value.ipv4
            case IFA_ADDRESS: peer = value.ipv4
            case IFA_FLAGS: flags = value.integer(at: 0, as: UInt32.self) ?? flags
            default: break
            }
        }
        guard let address = local ?? peer else { return nil }
        self.init(
            interfaceIndex: index, address: address, prefixLength: Int(header.ifa_prefixlen), scope: header.ifa_scope,
            isPermanent: flags & UInt32(IFA_F_PERMANENT) != 0)
    }
}
