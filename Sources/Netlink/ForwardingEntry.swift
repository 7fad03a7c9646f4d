package import Addressing
internal import CNetlink
internal import Glibc

/// An entry of a VXLAN device's forwarding table: behind which tunnel endpoint a MAC address is. One MAC address may
/// have several.
package struct ForwardingEntry: Hashable, Sendable {
    package var interfaceIndex: Int32
    package var mac: MACAddress
    /// The tunnel endpoint; `nil` when it is not of IPv4 or there is none.
    package var destination: IPv4Address?
    /// Put there by somebody and never aged (NUD_PERMANENT).
    package var isPermanent: Bool
    /// The endpoint's UDP port, where it is not the device's.
    package var port: UInt16?
    /// The endpoint's VNI, where it is not the device's.
    package var vni: UInt32?
    /// The link to the endpoint, where it is not the device's.
    package var link: Int32?

    package init(
        interfaceIndex: Int32, mac: MACAddress, destination: IPv4Address?, isPermanent: Bool = true,
        port: UInt16? = nil, vni: UInt32? = nil, link: Int32? = nil
    ) {
        self.interfaceIndex = interfaceIndex
        self.mac = mac
        self.destination = destination
        self.isPermanent = isPermanent
        self.port = port
        self.vni = vni
        self.link = link
    }

    /// Written out: the compiler's own compares optional addresses by generic code, and tables of thousands are compared.
    package static func == (left: Self, right: Self) -> Bool {
        left.interfaceIndex == right.interfaceIndex && left.mac.bits == right.mac.bits
            && left.destination?.bits == right.destination?.bits && left.isPermanent == right.isPermanent
            && left.port == right.port && left.vni == right.vni && left.link == right.link
    }

    /// Reads a message of RTM_NEWNEIGH or RTM_DELNEIGH; `nil` when it is not a device's own forwarding entry.
    package init?(_ message: NetlinkMessage) {
        guard let header = message.header(ndmsg.self), Int32(header.ndm_family) == AF_BRIDGE,
            header.ndm_flags & UInt8(NTF_SELF) != 0
        else { return nil }
        var mac: MACAddress?
        var destination: IPv4Address?
        var port: UInt16?
        var vni: UInt32?
        var link: Int32?
        for (type, value) in message.attributes(after: MemoryLayout<ndmsg>.size) {
            switch Int(type) {
            case NDA_LLADDR: mac = value.mac
            case NDA_DST: destination = value.ipv4
            case NDA_PORT: port = value.integer(at: 0, as: UInt16.self).map(UInt16.init(bigEndian:))
            case NDA_VNI: vni = value.integer(at: 0, as: UInt32.self)
            case NDA_IFINDEX: link = value.integer(at: 0, as: Int32.self)
            default: break
            }
        }
        guard let mac else { return nil }
        self.init(
            interfaceIndex: header.ndm_ifindex, mac: mac, destination: destination,
            isPermanent: header.ndm_state & UInt16(NUD_PERMANENT) != 0, port: port, vni: vni, link: link)
    }
}
