package import Addressing

/// A route of the main table (rtnetlink(7)).
package struct Route: Hashable, Sendable, CustomStringConvertible {
    package var destination: IPv4Block
    package var gateway: IPv4Address?
    package var device: Int32
    /// RTA_PRIORITY; 0 is none.
    package var metric: UInt32
    /// RTNH_F_ONLINK: the gateway is on the link whatever the addresses say.
    package var isOnLink: Bool
    /// rtm_protocol: who put it there.
    package var routeProtocol: UInt8

    package init(
        destination: IPv4Block, gateway: IPv4Address?, device: Int32, metric: UInt32 = 0, isOnLink: Bool = false,
        routeProtocol: UInt8
    ) {
        self.destination = destination
        self.gateway = gateway
        self.device = device
        self.metric = metric
        self.isOnLink = isOnLink
        self.routeProtocol = routeProtocol
    }

    package var description: String { "route \(destination)" + (metric == 0 ? "" : " metric \(metric)") }
}

/// A permanent entry of a device's neighbour table: an IP address and its MAC address.
package struct Neighbour: Hashable, Sendable, CustomStringConvertible {
    package var address: IPv4Address
    package var linkAddress: MACAddress
    package var device: Int32

    package init(address: IPv4Address, linkAddress: MACAddress, device: Int32) {
        self.address = address
        self.linkAddress = linkAddress
        self.device = device
    }

    package var description: String { "neighbour \(address)" }
}

/// An entry of a VXLAN device's forwarding database: an inner MAC address and the outer address it is sent to.
package struct ForwardingEntry: Hashable, Sendable, CustomStringConvertible {
    package var linkAddress: MACAddress
    package var destination: IPv4Address
    package var device: Int32

    package init(linkAddress: MACAddress, destination: IPv4Address, device: Int32) {
        self.linkAddress = linkAddress
        self.destination = destination
        self.device = device
    }

    package var description: String { "FDB entry \(linkAddress) dst \(destination)" }
}

/// An IPv4 address of a device.
package struct DeviceAddress: Hashable, Sendable, CustomStringConvertible {
    package var address: IPv4Address
    package var prefixLength: UInt8
    package var device: Int32
    /// RT_SCOPE_UNIVERSE.
    package var isGlobal: Bool
    /// IFA_F_PERMANENT: no lease will take it away.
    package var isPermanent: Bool
    package var isSecondary: Bool

    package init(
        address: IPv4Address, prefixLength: UInt8, device: Int32, isGlobal: Bool = true, isPermanent: Bool = true,
        isSecondary: Bool = false
    ) {
        self.address = address
        self.prefixLength = prefixLength
        self.device = device
        self.isGlobal = isGlobal
        self.isPermanent = isPermanent
        self.isSecondary = isSecondary
    }

    package var description: String { "address \(address)/\(prefixLength)" }
}

/// What a VXLAN device is made with (IFLA_VXLAN_*).
package struct VXLANParameters: Hashable, Sendable {
    package var vni: UInt32
    /// The underlay's interface index.
    package var link: Int32
    package var local: IPv4Address
    package var port: UInt16
    package var learning: Bool
    package var groupPolicy: Bool
    package var udpChecksum: Bool

    package init(
        vni: UInt32, link: Int32, local: IPv4Address, port: UInt16, learning: Bool = false, groupPolicy: Bool = false,
        udpChecksum: Bool = true
    ) {
        self.vni = vni
        self.link = link
        self.local = local
        self.port = port
        self.learning = learning
        self.groupPolicy = groupPolicy
        self.udpChecksum = udpChecksum
    }
}

/// A network device.
package struct Link: Hashable, Sendable {
    package var index: Int32
    package var name: String
    package var mtu: UInt32
    package var linkAddress: MACAddress?
    package var isUp: Bool
    package var isLoopback: Bool
    /// IFLA_INFO_KIND: "vxlan", "veth", …
    package var kind: String?
    /// `nil` for other kinds, and for a VXLAN device that we would never make (IPv6, a group).
    package var vxlan: VXLANParameters?

    package init(
        index: Int32, name: String, mtu: UInt32, linkAddress: MACAddress? = nil, isUp: Bool = false,
        isLoopback: Bool = false, kind: String? = nil, vxlan: VXLANParameters? = nil
    ) {
        self.index = index
        self.name = name
        self.mtu = mtu
        self.linkAddress = linkAddress
        self.isUp = isUp
        self.isLoopback = isLoopback
        self.kind = kind
        self.vxlan = vxlan
    }
}

/// The kernel's answer to "how would a packet to this address go".
package struct RouteLookup: Hashable, Sendable {
    package var device: Int32
    package var gateway: IPv4Address?
    package var source: IPv4Address?

    package init(device: Int32, gateway: IPv4Address?, source: IPv4Address?) {
        self.device = device
        self.gateway = gateway
        self.source = source
    }
}
