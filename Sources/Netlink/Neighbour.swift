package import Addressing
internal import CNetlink
internal import Glibc

/// An entry of a device's IPv4 neighbour table.
package struct Neighbour: Hashable, Sendable {
    package var interfaceIndex: Int32
    package var address: IPv4Address
    package var mac: MACAddress?
    /// Put there by somebody and never aged (NUD_PERMANENT).
    package var isPermanent: Bool

    package init(interfaceIndex: Int32, address: IPv4Address, mac: MACAddress?, isPermanent: Bool = true) {
        self.interfaceIndex = interfaceIndex
        self.address = address
        self.mac = mac
        self.isPermanent = isPermanent
    }

    /// Reads a message of RTM_NEWNEIGH or RTM_DELNEIGH; `nil` when it is not one of IPv4, or a proxy entry.
    package init?(_ message: NetlinkMessage) {
        guard let header = message.header(ndmsg.self), Int32(header.ndm_family) == AF_INET,
            header.ndm_flags & UInt8(NTF_PROXY) == 0
        else { return nil }
        var address: IPv4Address?
        var mac: MACAddress?
        for (type, value) in message.attributes(after: MemoryLayout<ndmsg>.size) {
            switch Int(type) {
            case NDA_DST: address = value.ipv4
            case NDA_LLADDR: mac = value.mac
            default: break
            }
        }
        guard let address else { return nil }
        self.init(
            interfaceIndex: header.ndm_ifindex, address: address, mac: mac,
            isPermanent: header.ndm_state & UInt16(NUD_PERMANENT) != 0)
    }
}
