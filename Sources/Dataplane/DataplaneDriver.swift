package import Addressing
internal import Glibc
internal import LeaseLedger
package import Netlink

/// Keeps the kernel of a network namespace equal to what the cluster says.
///
/// Not Sendable: made and used on one thread, whose namespace it belongs to. All calls block until the kernel has
/// answered. It remembers nothing that matters: each run reads what there is and sends the difference.
package final class DataplaneDriver {
    private var socket: NetlinkSocket
    /// A socket that threw may have answers of the past in it.
    private var isSocketStale = false
    /// The device for which former ones were looked for; the inner `nil`: that there be none.
    private var sweptFor: String??
    /// Changing netlink messages sent since the driver was made.
    package private(set) var changesSent = 0
    /// The port of the socket that sends them: how the kernel names in its notifications who asked.
    package var requester: UInt32 { socket.port }

    /// - Parameter readingOnly: what changes the kernel is not called, so no privilege is needed.
    package init(readingOnly: Bool = false) throws(DataplaneError) {
        guard readingOnly || NetworkAdministration.isPermitted else { throw .notPermitted }
        do { socket = try NetlinkSocket() } catch { throw .netlink(error) }
    }

    /// Reads what is in the kernel and sends what differs from what should be there, in one batch.
    ///
    /// An existing device that fits is adopted untouched, one that does not is replaced. The underlay's MTU is read anew;
    /// its other properties are taken as given.
    /// - Parameter keepsUnknown: entries for subnets that no peer is known to hold stay: a node that has just started may
    ///   not have heard of them yet.
    /// - Parameter looksForOthers: look for others' routes in front of ours as well: takes reading the whole main table.
    /// - Throws: when nothing could be done at all.
    package func reconcile(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease], keepsUnknown: Bool = false,
        looksForOthers: Bool = true
    ) throws(DataplaneError) -> ReconcileReport {
        var report = ReconcileReport()
        guard configuration.backend != .alloc else {
            report.effectiveMTU = try configuration.effectiveMTU(over: underlay)
            return report
        }
        try configuration.checkDeviceName(over: underlay)
        let underlay = try current(underlay)
        let onLink = try onLinkAddresses(configuration, underlay: underlay, peers: peers)
        // The entries name the device: with VXLAN that comes first.
        var desired = try DesiredState(
            configuration, underlay: underlay, peers: configuration.backend == .vxlan ? [] : peers, onLink: onLink)
        report.effectiveMTU = desired.mtu
        report.notes = [configuration.mtuNote(over: underlay)].compactMap(\.self)
        let device = try reconcileDevice(desired.device, configuration: configuration, report: &report)
        report.notes += ForwardingSettings(
            configuration: configuration, underlay: underlay, bridge: try bridge(of: configuration)
        ).apply()
        if desired.device != nil {
            guard let device else { return report }
            report.deviceIndex = device.index
            desired = try DesiredState(
                configuration, underlay: underlay, peers: peers, onLink: onLink, deviceIndex: device.index)
        }
        report.skipped = desired.skipped
        report.desiredCount = desired.entryCount
        try reconcileEntries(
            desired, device: device, network: configuration.pool.network, keepsUnknown: keepsUnknown,
            looksForOthers: looksForOthers, report: &report)
        return report
    }

    /// What should be in the kernel now. Reads what that depends on, and changes nothing.
    package func desired(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease]
    ) throws(DataplaneError) -> DesiredState {
        guard configuration.backend != .alloc else { return DesiredState() }
        let underlay = try current(underlay)
        let device = try withSocket { socket throws(NetlinkError) in try socket.link(named: configuration.deviceName) }
        return try DesiredState(
            configuration, underlay: underlay, peers: peers,
            onLink: try onLinkAddresses(configuration, underlay: underlay, peers: peers),
            deviceIndex: configuration.backend == .vxlan ? device?.index ?? 0 : 0)
    }

    /// The MAC address of an existing VXLAN device of this name: what a node that has none stored yet may keep.
    package func existingVTEPAddress(of name: String) throws(DataplaneError) -> MACAddress? {
        let link = try withSocket { socket throws(NetlinkError) in try socket.link(named: name) }
        return link.flatMap { $0.kind == "vxlan" && $0.mac?.isUnicast == true ? $0.mac : nil }
    }

    /// What a run of the reconciler has left in the kernel, as the changes that remove it: the routes of our protocol, and
    /// the VXLAN devices that carry our alias or such a route, with all that is on them.
    package func leftovers() throws(DataplaneError) -> [KernelChange] {
        try withSocket { socket throws(NetlinkError) in
            let routes = try socket.routes(routeProtocol: DesiredState.routeProtocol)
            let routed = Set(routes.map(\.interfaceIndex))
            let devices = try socket.links().filter {
                $0.kind == "vxlan" && ($0.alias == DesiredState.deviceAlias || routed.contains($0.index))
            }
            return routes.map { .removeRoute($0) } + devices.map { .deleteLink(index: $0.index, name: $0.name) }
        }
    }

    /// Removes from the kernel all that `reconcile` puts there, and nothing else.
    package func cleanup() throws(DataplaneError) -> ReconcileReport {
        var report = ReconcileReport()
        try send(try leftovers(), report: &report)
        return report
    }

    /// The underlay with the MTU that it has now.
    private func current(_ underlay: Underlay) throws(DataplaneError) -> Underlay {
        let carrier = try withSocket { socket throws(NetlinkError) in
            try socket.link(index: underlay.interfaceIndex)
        }
        guard let carrier else { throw .underlayGone(underlay) }
        var underlay = underlay
        underlay.mtu = carrier.mtu
        return underlay
    }

    /// The device that has an address of the own subnet, but for the VXLAN device's.
    private func bridge(of configuration: DataplaneConfiguration) throws(DataplaneError) -> String? {
        guard let own = configuration.ownSubnet else { return nil }
        return try withSocket { socket throws(NetlinkError) in
            let holder = try socket.addresses().first { own.contains($0.address) && $0.prefixLength < 32 }
            return try holder.flatMap { holder throws(NetlinkError) in
                try socket.link(index: holder.interfaceIndex)?.name
            }
        }
    }

    private func reconcileEntries(
        _ desired: DesiredState, device: Link?, network: IPv4Block, keepsUnknown: Bool, looksForOthers: Bool,
        report: inout ReconcileReport
    ) throws(DataplaneError) {
        let observed = try withSocket { socket throws(NetlinkError) in
            try socket.observe(device: device, othersIn: looksForOthers ? network : nil)
        }
        var changes = difference(desired, observed, network: network)
        if keepsUnknown { changes = desired.withoutRemovalsOfUnknown(changes) }
        try send(changes, report: &report)
        // With the last address of a device the kernel drops the routes through it.
        guard desired.address == nil, !observed.addresses.isEmpty else { return }
        guard changes.contains(where: { if case .removeAddress = $0 { true } else { false } }) else { return }
        let left = try withSocket { socket throws(NetlinkError) in try socket.observe(device: device) }
        try send(difference(desired, left, network: network), report: &report)
    }

    /// - Returns: the device as it is now; `nil` when there should be none, or when it could not be made.
    private func reconcileDevice(
        _ desired: DesiredDevice?, configuration: DataplaneConfiguration, report: inout ReconcileReport
    ) throws(DataplaneError) -> Link? {
        // A former run's devices are looked for once: later ones are not what it left.
        let isFirst = sweptFor != .some(desired?.name)
        if isFirst { try sweepDevices(except: desired?.name, report: &report) }
        sweptFor = .some(desired?.name)
        guard desired != nil || isFirst else { return nil }
        let name = configuration.deviceName
        let observed = try withSocket { socket throws(NetlinkError) in try socket.link(named: name) }
        switch deviceDifference(desired, observed) {
        case .keep:
            guard desired != nil else { return nil }
            refuseRouterAdvertisements(on: name)
            return observed
        case .configure(let link, let settings):
            refuseRouterAdvertisements(on: name)
            try send([.configureLink(index: link.index, name: name, settings: settings)], report: &report)
        case .replace(let former, let wanted):
            if let former {
                try send([.deleteLink(index: former.index, name: former.name)], report: &report)
            }
            guard let wanted else { return nil }
            try create(wanted, report: &report)
        }
        return try withSocket { socket throws(NetlinkError) in try socket.link(named: name) }
            .flatMap { $0.kind == "vxlan" && $0.vxlan == desired?.parameters ? $0 : nil }
    }

    /// Devices of ours under a former name; they would hold the VNI that the new one takes.
    private func sweepDevices(except name: String?, report: inout ReconcileReport) throws(DataplaneError) {
        let links = try withSocket { socket throws(NetlinkError) in try socket.links() }
        let former = links.filter {
            $0.kind == "vxlan" && $0.alias == DesiredState.deviceAlias && $0.name != name
        }
        try send(former.map { .deleteLink(index: $0.index, name: $0.name) }, report: &report)
    }

    private func create(_ device: DesiredDevice, report: inout ReconcileReport) throws(DataplaneError) {
        let made = KernelChange.createVXLAN(
            name: device.name, parameters: device.parameters, mac: device.mac, mtu: device.mtu)
        try send([made], report: &report)
        let link = try withSocket { socket throws(NetlinkError) in try socket.link(named: device.name) }
        // Down as long as it would listen to router advertisements.
        guard let link, link.vxlan == device.parameters else { return }
        refuseRouterAdvertisements(on: device.name)
        if case .configure(let link, let settings) = deviceDifference(device, link) {
            try send([.configureLink(index: link.index, name: link.name, settings: settings)], report: &report)
        }
    }

    /// The addresses of peers that the underlay reaches without a gateway, as the kernel decides it.
    private func onLinkAddresses(
        _ configuration: DataplaneConfiguration, underlay: Underlay, peers: [PeerLease]
    ) throws(DataplaneError) -> Set<IPv4Address> {
        guard configuration.usesPlainRoutes else { return [] }
        let candidates = Array(Set(peers.compactMap { $0.publicIP.v4 }))
        let found = try withSocket { socket throws(NetlinkError) in try socket.lookup(candidates) }
        return Set(
            zip(candidates, found).compactMap { address, route in
                route?.isOnLink(over: underlay.interfaceIndex) == true ? address : nil
            })
    }

    private func send(_ changes: [KernelChange], report: inout ReconcileReport) throws(DataplaneError) {
        guard !changes.isEmpty else { return }
        report.changesSent += changes.count
        changesSent += changes.count
        let refused = try withSocket { socket throws(NetlinkError) in try socket.commit(changes) }
        let gone = [ENOENT, ESRCH, ENODEV, EADDRNOTAVAIL]
        report.failures += refused.filter { !($0.change.isRemoval && gone.contains($0.code)) }
    }

    private func withSocket<Result>(
        _ body: (inout NetlinkSocket) throws(NetlinkError) -> Result
    ) throws(DataplaneError) -> Result {
        do {
            if isSocketStale { socket = try NetlinkSocket() }
            isSocketStale = true
            let result = try body(&socket)
            isSocketStale = false
            return result
        } catch {
            throw .netlink(error)
        }
    }
}
