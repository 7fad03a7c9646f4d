package import Addressing
package import ControlAPI
package import Dataplane
internal import LeaseLedger
internal import Netlink

extension DataplaneInfo {
    /// What `desired` says, in words.
    /// - Parameter subnet: only what is for this one.
    package init(
        _ desired: DesiredState, configuration: DataplaneConfiguration, underlay: Dataplane.Underlay,
        subnet: IPv4Block? = nil
    ) {
        self.init(
            network: configuration.pool.network, backend: configuration.backend.label,
            ownSubnet: configuration.ownSubnet,
            underlay: Underlay(
                name: underlay.name, index: underlay.interfaceIndex, address: underlay.address, mtu: underlay.mtu))
        if let wanted = desired.device {
            device = Device(
                name: wanted.name, vni: wanted.parameters.vni, port: wanted.parameters.port, mac: wanted.mac,
                mtu: wanted.mtu, learning: wanted.parameters.learning, gbp: wanted.parameters.gbp,
                udpChecksum: wanted.parameters.udpChecksum)
        }
        address = desired.address?.description
        let isAsked = { (block: IPv4Block) in subnet == nil || subnet == block }
        routes = desired.routes.filter { isAsked($0.destination) }.map { route in
            let isTunnel = route.isOnLink
            return Route(
                subnet: route.destination, via: route.gateway,
                device: route.gateway == nil ? nil : isTunnel ? desired.device?.name : underlay.name,
                metric: route.metric)
        }
        let asked = desired.neighbours.filter { subnet?.contains($0.address) ?? true }
        neighbours = asked.compactMap { entry in entry.mac.map { Neighbour(address: entry.address, mac: $0) } }
        let macs = Set(asked.compactMap(\.mac))
        forwarding = desired.forwarding.filter { macs.contains($0.mac) }.compactMap { entry in
            entry.destination.map { Forwarding(mac: entry.mac, destination: $0) }
        }
        skipped = desired.skipped.filter { isAsked($0.subnet) }.map {
            Skipped(subnet: $0.subnet, nodeID: $0.nodeID.description, reason: "\($0.reason)")
        }
    }
}
