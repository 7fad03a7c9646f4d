package import Addressing
internal import Glibc
internal import LeaseLedger
package import Netlink

/// Keeps the kernel equal to what was agreed. Level-triggered: each call looks at all that should be and all that is, and
/// sends the difference; where nothing differs it sends nothing. Used by one thread, in whose network namespace it works.
package struct DataplaneDriver: ~Copyable {
    private var socket: NetlinkSocket

    package init() throws(NetlinkError) {
        socket = try NetlinkSocket()
    }

    /// Requests sent so far that may have changed the kernel.
    package var changesSent: UInt64 { socket.changesSent }

    package mutating func reconcile(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease]
    ) throws(DataplaneError) -> ReconcileReport {
        let before = socket.changesSent
        var report = ReconcileReport()
        report.mtu = configuration.podMTU(over: underlay)
        guard report.mtu >= DataplaneError.leastMTU else {
            throw .mtuTooSmall(report.mtu, underlay: underlay.name)
        }
        guard configuration.backend != .alloc else { return report }
        do {
            try apply(configuration, underlay, peers, &report)
        } catch let error as NetlinkError {
            throw .netlink(error)
        } catch let error as DataplaneError {
            throw error
        } catch {
            throw .netlink(NetlinkError(code: EIO, object: "\(error)"))
        }
        report.changesSent = Int(socket.changesSent - before)
        return report
    }

    private mutating func apply(
        _ configuration: DataplaneConfiguration, _ underlay: Underlay, _ peers: [PeerLease],
        _ report: inout ReconcileReport
    ) throws {
        var device: Int32 = 0
        if configuration.backend == .vxlan {
            device = try ensureDevice(configuration, underlay, &report)
            report.deviceIndex = device
            try ensureAddress(configuration, device, &report)
        } else if let stale = try socket.link(named: configuration.deviceName), stale.kind == "vxlan" {
            // Of an earlier run with the other backend.
            report.failures += try socket.perform([.deleteLink(index: stale.index, name: stale.name)]).map(\.error)
        }
        var onLink: [IPv4Address: Bool] = [:]
        if configuration.backend == .hostGateway || configuration.directRouting {
            for peer in peers {
                guard let address = peer.publicIP.v4, onLink[address] == nil else { continue }
                let route = try socket.route(to: address)
                onLink[address] = route.map { $0.gateway == nil && $0.device == underlay.interfaceIndex } ?? false
            }
        }
        let desired = DesiredState(configuration, underlay: underlay, device: device, peers: peers) {
            onLink[$0] ?? false
        }
        report.skipped = desired.skipped
        report.desired = desired.entries.count
        let observed = try observe(device)
        let requests = observed.difference(to: desired.entries)
        report.failures += try perform(requests)
    }

    private mutating func observe(_ device: Int32) throws(NetlinkError) -> EntryTable {
        var table = EntryTable(routes: Set(try socket.routes(ofProtocol: feltRouteProtocol)))
        if device != 0 {
            table.neighbours = Set(try socket.permanentNeighbours(of: device))
            table.forwarding = Set(try socket.forwardingEntries(of: device))
        }
        return table
    }

    /// What is gone already is as good as deleted.
    private mutating func perform(_ requests: [NetlinkRequest]) throws(NetlinkError) -> [NetlinkError] {
        guard !requests.isEmpty else { return [] }
        return try socket.perform(requests)
            .filter { !(requests[$0.index].isDeletion && [ENOENT, ESRCH, EADDRNOTAVAIL, ENODEV].contains($0.error.code)) }
            .map(\.error)
    }

    // MARK: The device

    /// An existing device with the same parameters is adopted as it is; another is made anew.
    private mutating func ensureDevice(
        _ configuration: DataplaneConfiguration, _ underlay: Underlay, _ report: inout ReconcileReport
    ) throws -> Int32 {
        let parameters = VXLANParameters(
            vni: configuration.vni, link: underlay.interfaceIndex, local: underlay.address, port: configuration.vxlanPort,
            udpChecksum: configuration.udpChecksum)
        let name = configuration.deviceName
        var link = try socket.link(named: name)
        if let found = link, found.vxlan != parameters {
            guard found.kind == "vxlan" else {
                throw DataplaneError.foreignDevice(name: name, kind: found.kind ?? "another kind")
            }
            try refuse(try socket.perform([.deleteLink(index: found.index, name: name)]))
            link = nil
        }
        if link == nil {
            let create = NetlinkRequest.addVXLAN(
                name: name, parameters, mtu: report.mtu, linkAddress: configuration.vtepMAC)
            try refuse(try socket.perform([create]))
            link = try socket.link(named: name)
            InterfaceSetting.ignoreRouterAdvertisements(on: name)
        }
        guard let link else { throw DataplaneError.deviceMissing(name: name) }
        let change = NetlinkRequest.setLink(
            index: link.index, name: name, up: link.isUp ? nil : true, mtu: link.mtu == report.mtu ? nil : report.mtu,
            linkAddress: link.linkAddress == configuration.vtepMAC ? nil : configuration.vtepMAC)
        if case .setLink(_, _, nil, nil, nil) = change { return link.index }
        report.failures += try socket.perform([change]).map(\.error)
        return link.index
    }

    private func refuse(_ failures: [(index: Int, error: NetlinkError)]) throws {
        if let failure = failures.first { throw failure.error }
    }

    /// The subnet's base as a /32: the source of what this machine itself sends to pods. Others of the network go.
    private mutating func ensureAddress(
        _ configuration: DataplaneConfiguration, _ device: Int32, _ report: inout ReconcileReport
    ) throws {
        let wanted = configuration.ownSubnet?.base
        let found = try socket.addresses(of: device)
        var requests: [NetlinkRequest] = []
        for address in found
        where (address.address != wanted || address.prefixLength != 32)
            && configuration.pool.network.contains(address.address)
        {
            requests.append(.deleteAddress(address))
        }
        if let wanted, !found.contains(where: { $0.address == wanted && $0.prefixLength == 32 }) {
            requests.append(.addAddress(DeviceAddress(address: wanted, prefixLength: 32, device: device)))
        }
        report.failures += try perform(requests)
    }

    // MARK: Selection and cleaning up

    package mutating func selectUnderlay(_ choice: UnderlayChoice) throws -> Underlay {
        try choice.select(from: UnderlayCandidates(&socket, choice))
    }

    /// The MAC address that a device of this name has, so that a lost store does not change it.
    package mutating func existingVTEPAddress(_ name: String) throws(NetlinkError) -> MACAddress? {
        guard let link = try socket.link(named: name), link.kind == "vxlan" else { return nil }
        return link.linkAddress
    }

    /// Takes everything of ours out of the kernel, and nothing else.
    package mutating func cleanUp(deviceName: String) throws(NetlinkError) -> [NetlinkError] {
        var requests: [NetlinkRequest] = try socket.routes(ofProtocol: feltRouteProtocol).map { .deleteRoute($0) }
        if let link = try socket.link(named: deviceName), link.kind == "vxlan" {
            requests.append(.deleteLink(index: link.index, name: deviceName))
        }
        return try perform(requests)
    }
}
