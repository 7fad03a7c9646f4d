internal import Addressing
package import ControlAPI
internal import Dataplane
internal import LeaseLedger
package import LeaseStore
internal import Netlink

/// What this machine's kernel should hold by the database alone, while no feltd runs. What the command line of feltd said
/// is taken from the device and the routes that it left.
package enum StoredDataplane {
    /// - Parameters:
    ///   - leases: the store's, the winner of a subnet first.
    /// - Throws: when the store or the kernel says too little.
    package static func wanted(state: StoredState, leases: [LeaseInfo]) throws(StoredDataplaneError) -> DataplaneInfo {
        guard let settings = state.settings, let own = state.own else { throw .unsettled }
        do {
            let kernel = try KernelReader()
            let device = try deviceLeft(settings, kernel)
            let routes = try kernel.routes()
            let underlay = try underlay(own, device, kernel)
            let ownSubnet = leases.first(where: \.isSelf).flatMap { try? IPv4Block(parsing: $0.subnet) }
            let overhead = settings.backend == .vxlan ? DataplaneConfiguration.vxlanOverhead : 0
            let mtu = device.flatMap { $0.mtu + overhead < underlay.mtu ? $0.mtu : nil }
            let configuration = DataplaneConfiguration(
                settings: settings, deviceName: device?.name, mtu: mtu, learning: device?.vxlan?.learning ?? false,
                gbp: device?.vxlan?.gbp ?? false, udpChecksum: device?.vxlan?.udpChecksum ?? true,
                blackhole: routes.contains { $0.type == Route.blackhole },
                vtepMAC: own.vtepMAC ?? MACAddress(locallyAdministered: 0), ownSubnet: ownSubnet)
            let desired = try DataplaneDriver(readingOnly: true)
                .desired(configuration, underlay: underlay, peers: peers(leases, settings))
            return DataplaneInfo(desired, configuration: configuration, underlay: underlay)
        } catch let error as StoredDataplaneError {
            throw error
        } catch {
            throw .unreadable("\(error)")
        }
    }

    /// Our alias tells it, else flannel's name.
    private static func deviceLeft(
        _ settings: NetworkSettings, _ kernel: KernelReader
    ) throws(NetlinkError) -> Link? {
        guard settings.backend == .vxlan else { return nil }
        let devices = try kernel.links().filter { $0.kind == "vxlan" && $0.vxlan?.vni == settings.vni }
        return devices.first { $0.alias == DesiredState.deviceAlias }
            ?? devices.first { $0.name == "flannel.\(settings.vni)" }
    }

    private static func underlay(
        _ own: OwnState, _ device: Link?, _ kernel: KernelReader
    ) throws -> Underlay {
        if let vxlan = device?.vxlan, let local = vxlan.local,
            let link = try kernel.links().first(where: { $0.index == vxlan.link })
        {
            return Underlay(interfaceIndex: link.index, name: link.name, address: local, mtu: link.mtu)
        }
        return try UnderlaySelector.select(UnderlayRequest(publicIP: own.record?.record.publicIP.v4))
    }

    private static func peers(_ leases: [LeaseInfo], _ settings: NetworkSettings) -> [PeerLease] {
        var taken: Set<String> = []
        return leases.compactMap { lease in
            guard taken.insert(lease.subnet).inserted, !lease.isSelf,
                let subnet = try? IPv4Block(parsing: lease.subnet), let nodeID = NodeID(hexadecimal: lease.nodeID),
                let publicIP = try? AnyIPAddress(parsing: lease.publicIP)
            else { return nil }
            let backend: BackendData
            switch BackendKind(label: lease.backend) {
            case .vxlan:
                guard let text = lease.vtepMAC, let mac = try? MACAddress(parsing: text) else { return nil }
                backend = .vxlan(vni: settings.vni, vtepMAC: mac)
            case .hostGateway: backend = .hostGateway
            case .alloc: backend = .alloc
            case nil: return nil
            }
            return PeerLease(nodeID: nodeID, subnet: subnet, publicIP: publicIP, backend: backend)
        }
    }
}

/// Why it cannot be told what the kernel should hold.
package enum StoredDataplaneError: Error, Hashable, Sendable, CustomStringConvertible {
    case unsettled
    case unreadable(String)

    package var description: String {
        switch self {
        case .unsettled: "the database knows no network yet: start feltd, and let it join"
        case .unreadable(let words): words
        }
    }
}
