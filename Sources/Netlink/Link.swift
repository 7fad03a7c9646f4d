package import Addressing
internal import CNetlink
internal import Glibc

/// A network device as the kernel reports it.
package struct Link: Hashable, Sendable {
    package var index: Int32
    package var name: String
    /// Administratively up (IFF_UP).
    package var isUp: Bool
    /// Up and with a carrier (IFF_LOWER_UP).
    package var hasCarrier: Bool
    package var isLoopback: Bool
    /// Bytes.
    package var mtu: UInt32
    package var mac: MACAddress?
    /// The bridge, bond or the like that the device is a port of.
    package var master: Int32?
    /// "vxlan", "bridge", "veth"; `nil` for hardware.
    package var kind: String?
    package var vxlan: VXLANParameters?
    /// How the device makes its IPv6 link-local address; `nil` without IPv6.
    package var addressGeneration: AddressGeneration?
    /// Free text for people (IFLA_IFALIAS).
    package var alias: String?

    /// IN6_ADDR_GEN_MODE_* (linux/if_link.h).
    package enum AddressGeneration: UInt8, Hashable, Sendable {
        case eui64 = 0
        case none = 1
        case stablePrivacy = 2
        case random = 3
    }

    package init(
        index: Int32, name: String, isUp: Bool = true, hasCarrier: Bool = true, isLoopback: Bool = false,
        mtu: UInt32 = 1500, mac: MACAddress? = nil, kind: String? = nil, vxlan: VXLANParameters? = nil,
        addressGeneration: AddressGeneration? = nil, alias: String? = nil
    ) {
        self.index = index
        self.name = name
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.isLoopback = isLoopback
        self.mtu = mtu
        self.mac = mac
        self.kind = kind
        self.vxlan = vxlan
        self.addressGeneration = addressGeneration
        self.alias = alias
    }

    /// Reads a message of RTM_NEWLINK or RTM_DELLINK; `nil` when it is not one that can be read.
    package init?(_ message: NetlinkMessage) {
        guard let header = message.header(ifinfomsg.self), header.ifi_index > 0 else { return nil }
        let flags = header.ifi_flags
        self.init(
            index: header.ifi_index, name: "", isUp: flags & UInt32(IFF_UP) != 0,
            hasCarrier: flags & 1 << 16 != 0, isLoopback: flags & UInt32(IFF_LOOPBACK) != 0, mtu: 0)
        for (type, value) in message.attributes(after: MemoryLayout<ifinfomsg>.size) {
            switch Int(type) {
            case IFLA_IFNAME: name = value.text
            case IFLA_MTU: mtu = value.integer(at: 0, as: UInt32.self) ?? 0
            case IFLA_ADDRESS: mac = value.mac
            case IFLA_IFALIAS: alias = value.text
            case IFLA_MASTER: master = value.integer(at: 0, as: Int32.self)
            case IFLA_LINKINFO: readInfo(AttributeList(value))
            case IFLA_AF_SPEC: readFamilies(AttributeList(value))
            default: break
            }
        }
        guard !name.isEmpty else { return nil }
    }

    private mutating func readInfo(_ attributes: AttributeList) {
        var data: AttributeList?
        for (type, value) in attributes {
            switch Int(type) {
            case IFLA_INFO_KIND: kind = value.text
            case IFLA_INFO_DATA: data = AttributeList(value)
            default: break
            }
        }
        if kind == "vxlan", let data { vxlan = VXLANParameters(data) }
    }

    private mutating func readFamilies(_ attributes: AttributeList) {
        for (family, value) in attributes where Int32(family) == AF_INET6 {
            for (type, value) in AttributeList(value) where Int(type) == IFLA_INET6_ADDR_GEN_MODE {
                addressGeneration = value.first.flatMap(AddressGeneration.init(rawValue:))
            }
        }
    }
}
