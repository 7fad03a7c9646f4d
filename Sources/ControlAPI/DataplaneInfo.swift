package import Addressing

/// Which part of the data plane is asked for.
package struct DataplaneQuery: Codable, Hashable, Sendable {
    /// Only what is for this subnet, ADDRESS/LENGTH; everything where it is left out.
    package var subnet: String?

    package init(subnet: String? = nil) { self.subnet = subnet }
}

/// What a node's kernel should hold: the device, its address, and the entries for the peers.
package struct DataplaneInfo: Codable, Hashable, Sendable {
    package struct Underlay: Codable, Hashable, Sendable {
        package var name: String
        package var index: Int32
        package var address: String
        package var mtu: UInt32

        package init(name: String, index: Int32, address: IPv4Address, mtu: UInt32) {
            (self.name, self.index, self.address, self.mtu) = (name, index, address.description, mtu)
        }
    }

    /// The VXLAN device.
    package struct Device: Codable, Hashable, Sendable {
        package var name: String
        package var vni: UInt32
        package var port: UInt16
        package var mac: String
        package var mtu: UInt32
        package var learning: Bool
        package var gbp: Bool
        package var udpChecksum: Bool

        package init(
            name: String, vni: UInt32, port: UInt16, mac: MACAddress, mtu: UInt32, learning: Bool, gbp: Bool,
            udpChecksum: Bool
        ) {
            (self.name, self.vni, self.port, self.mac, self.mtu) = (name, vni, port, mac.description, mtu)
            (self.learning, self.gbp, self.udpChecksum) = (learning, gbp, udpChecksum)
        }
    }

    package struct Route: Codable, Hashable, Sendable {
        package var subnet: String
        /// `nil` for a blackhole.
        package var via: String?
        package var device: String?
        package var metric: UInt32

        package init(subnet: IPv4Block, via: IPv4Address?, device: String?, metric: UInt32) {
            (self.subnet, self.via, self.device, self.metric) = (subnet.description, via?.description, device, metric)
        }
    }

    package struct Neighbour: Codable, Hashable, Sendable {
        package var address: String
        package var mac: String

        package init(address: IPv4Address, mac: MACAddress) {
            (self.address, self.mac) = (address.description, mac.description)
        }
    }

    package struct Forwarding: Codable, Hashable, Sendable {
        package var mac: String
        package var destination: String

        package init(mac: MACAddress, destination: IPv4Address) {
            (self.mac, self.destination) = (mac.description, destination.description)
        }
    }

    /// A subnet that gets no entries, and why.
    package struct Skipped: Codable, Hashable, Sendable {
        package var subnet: String
        package var nodeID: String
        package var reason: String

        package init(subnet: IPv4Block, nodeID: String, reason: String) {
            (self.subnet, self.nodeID, self.reason) = (subnet.description, nodeID, reason)
        }
    }

    package var network: String
    package var backend: String
    @ExplicitNull package var ownSubnet: String?
    package var underlay: Underlay
    /// Only where the backend is vxlan.
    package var device: Device?
    /// The device's own.
    package var address: String?
    package var routes: [Route] = []
    package var neighbours: [Neighbour] = []
    package var forwarding: [Forwarding] = []
    package var skipped: [Skipped] = []

    package init(network: IPv4Block, backend: String, ownSubnet: IPv4Block?, underlay: Underlay) {
        self.network = network.description
        self.backend = backend
        self.ownSubnet = ownSubnet?.description
        self.underlay = underlay
    }
}
