package import Addressing
internal import CNetlink

/// What makes two VXLAN devices interchangeable; the kernel lets none of it be changed in a living device.
package struct VXLANParameters: Hashable, Sendable {
    /// RFC 7348 §5; 24 bits.
    package var vni: UInt32
    /// The index of the link that carries the tunnel; 0: whichever the routes say.
    package var link: Int32
    /// The source address of the outer packets.
    package var local: IPv4Address?
    /// The UDP port of the tunnel.
    package var port: UInt16
    package var learning: Bool
    /// Group policy extension.
    package var gbp: Bool
    package var udpChecksum: Bool
    /// Something that is off by default is on: a group or an IPv6 endpoint, proxy, rsc, l2miss, l3miss, external, GPE,
    /// remote checksum, a VNI filter.
    package var hasOtherFeatures: Bool

    package init(
        vni: UInt32, link: Int32, local: IPv4Address?, port: UInt16, learning: Bool = false, gbp: Bool = false,
        udpChecksum: Bool = true, hasOtherFeatures: Bool = false
    ) {
        self.vni = vni
        self.link = link
        self.local = local
        self.port = port
        self.learning = learning
        self.gbp = gbp
        self.udpChecksum = udpChecksum
        self.hasOtherFeatures = hasOtherFeatures
    }

    /// Reads IFLA_INFO_DATA of a device of kind "vxlan" (linux/if_link.h).
    init(_ attributes: AttributeList) {
        self.init(vni: 0, link: 0, local: nil, port: 0, udpChecksum: false)
        for (type, value) in attributes {
            switch Int(type) {
            case IFLA_VXLAN_ID: vni = value.integer(at: 0, as: UInt32.self) ?? 0
            case IFLA_VXLAN_LINK: link = value.integer(at: 0, as: Int32.self) ?? 0
            case IFLA_VXLAN_LOCAL: local = value.ipv4
            case IFLA_VXLAN_PORT: port = value.integer(at: 0, as: UInt16.self).map(UInt16.init(bigEndian:)) ?? 0
            case IFLA_VXLAN_LEARNING: learning = value.isOn
            case IFLA_VXLAN_GBP: gbp = true
            case IFLA_VXLAN_UDP_CSUM: udpChecksum = value.isOn
            case IFLA_VXLAN_GROUP6, IFLA_VXLAN_LOCAL6, IFLA_VXLAN_GPE: hasOtherFeatures = true
            case IFLA_VXLAN_GROUP: hasOtherFeatures = hasOtherFeatures || value.contains { $0 != 0 }
            case IFLA_VXLAN_PROXY, IFLA_VXLAN_RSC, IFLA_VXLAN_L2MISS, IFLA_VXLAN_L3MISS, IFLA_VXLAN_COLLECT_METADATA,
                IFLA_VXLAN_REMCSUM_TX, IFLA_VXLAN_REMCSUM_RX, IFLA_VXLAN_VNIFILTER:
                hasOtherFeatures = hasOtherFeatures || value.isOn
            default: break
            }
        }
    }
}
