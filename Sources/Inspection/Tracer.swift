package import Addressing
package import ControlAPI
internal import Dataplane
package import Netlink

/// Follows a packet from this machine to an address, step by step, and compares what the kernel holds with what it should.
package struct Tracer {
    let kernel: KernelReader
    let wanted: DataplaneInfo
    let leases: [LeaseInfo]
    /// Whether feltd runs, so that it will put right what is wrong.
    let isRunning: Bool

    /// - Parameters:
    ///   - wanted: at least what is for the subnet of the address.
    ///   - leases: as `list` gives them, the winner of a subnet first.
    package init(kernel: KernelReader, wanted: DataplaneInfo, leases: [LeaseInfo], isRunning: Bool) {
        self.kernel = kernel
        self.wanted = wanted
        self.leases = leases
        self.isRunning = isRunning
    }

    /// The lease whose subnet has the address.
    package static func owner(of address: IPv4Address, in leases: [LeaseInfo]) -> LeaseInfo? {
        leases.first { (try? IPv4Block(parsing: $0.subnet))?.contains(address) == true }
    }

    package func trace(_ address: IPv4Address) throws(NetlinkError) -> TraceInfo {
        guard (try? IPv4Block(parsing: wanted.network))?.contains(address) == true else {
            return TraceInfo(address.description, kind: "outside", steps: [try outside(address)])
        }
        guard let owner = Self.owner(of: address, in: leases) else {
            return TraceInfo(address.description, kind: "unowned", steps: [try unowned(address)])
        }
        if owner.isSelf {
            return TraceInfo(address.description, kind: "own", owner: owner, steps: [try own(address, owner)])
        }
        return TraceInfo(address.description, kind: "peer", owner: owner, steps: try peer(address, owner))
    }

    // MARK: Not through the overlay

    private func outside(_ address: IPv4Address) throws(NetlinkError) -> TraceStep {
        let found = try kernel.route(to: address)
        return TraceStep(
            "route", expected: "outside \(wanted.network): as this machine routes it", actual: found.map(kernel.text),
            problem: found == nil ? "this machine has no route to \(address)" : nil,
            remedy: "add one, such as a default route")
    }

    private func unowned(_ address: IPv4Address) throws(NetlinkError) -> TraceStep {
        TraceStep(
            "route", expected: "no node holds a subnet with \(address)",
            actual: try kernel.route(to: address).map(kernel.text), problem: "nobody holds \(address)",
            remedy: "see `leasectl list` for who holds what")
    }

    private func own(_ address: IPv4Address, _ owner: LeaseInfo) throws(NetlinkError) -> TraceStep {
        let found = try kernel.route(to: address)
        let block = try? IPv4Block(parsing: owner.subnet)
        let overlay = try wanted.device.flatMap { device throws(NetlinkError) in try kernel.link(named: device.name) }
        let isLocal =
            found.map { route in
                route.gateway == nil && block?.contains(route.destination) == true
                    && (route.interfaceIndex != overlay?.index || route.type != Route.unicast)
            } ?? false
        return TraceStep(
            "route", expected: "\(owner.subnet) on a device of this machine, without a gateway",
            actual: found.map(kernel.text),
            problem: isLocal ? nil : "no device of this machine carries \(owner.subnet)",
            remedy: "start a container: its runtime makes the bridge with \(owner.subnet)'s first address")
    }

    // MARK: To a peer

    private func peer(_ address: IPv4Address, _ owner: LeaseInfo) throws(NetlinkError) -> [TraceStep] {
        guard let route = wanted.routes.first(where: { $0.subnet == owner.subnet && $0.via != nil }) else {
            return [try skipped(address, owner)]
        }
        let device = try route.device.flatMap { name throws(NetlinkError) in try kernel.link(named: name) }
        let first = try routeStep(address, route, device)
        if wanted.isTunnel(route) {
            return [
                first, try neighbourStep(route, device), try forwardingStep(route, device),
                try tunnelStep(owner, device),
            ]
        }
        return [first, try onLinkStep(route, device), try plainStep(route, device)]
    }

    private func skipped(_ address: IPv4Address, _ owner: LeaseInfo) throws(NetlinkError) -> TraceStep {
        let reason =
            wanted.skipped.first { $0.subnet == owner.subnet }?.reason
            ?? (wanted.backend == "alloc"
                ? "the backend is alloc, which changes no route" : "its entries are not wanted yet")
        return TraceStep(
            "route", expected: "none: \(reason)", actual: try kernel.route(to: address).map(kernel.text),
            problem: "this node installs no route to \(owner.node): \(reason)",
            remedy: "see `leasectl status` on both nodes; their backends, networks and addresses must fit")
    }

    private func routeStep(
        _ address: IPv4Address, _ route: DataplaneInfo.Route, _ device: Link?
    ) throws(NetlinkError) -> TraceStep {
        let found = try kernel.route(to: address)
        let isRight = { (other: Route) in
            other.destination.description == route.subnet && other.gateway?.description == route.via
                && other.interfaceIndex == device?.index && other.type == Route.unicast
        }
        let expected = wanted.text(route)
        if let found, isRight(found) { return TraceStep("route", expected: expected, actual: kernel.text(found)) }
        guard let device, device.isUp else {
            let name = route.device ?? "the device"
            return TraceStep(
                "route", expected: expected, actual: found.map(kernel.text),
                problem: device == nil ? "there is no device \(name)" : "\(name) is down", remedy: repair)
        }
        let isThere = try kernel.routes().contains(where: isRight)
        guard let found, isThere else {
            return TraceStep(
                "route", expected: expected, actual: found.map(kernel.text),
                problem: found.map { "the route is missing; packets take \(kernel.text($0))" }
                    ?? "there is no route, or one that refuses the packet", remedy: repair)
        }
        return TraceStep(
            "route", expected: expected, actual: kernel.text(found),
            problem: "another route or a policy rule comes before ours",
            remedy: "remove it (ip route del \(kernel.text(found))), or the rule that leads to it (ip rule)")
    }

    private func neighbourStep(_ route: DataplaneInfo.Route, _ device: Link?) throws(NetlinkError) -> TraceStep {
        let entry = wanted.neighbours.first { $0.address == route.via }
        let expected = entry?.text ?? "none"
        let found = try device.flatMap { device throws(NetlinkError) in
            try kernel.neighbours(of: device.index).first { $0.address.description == route.via }
        }
        let actual = found.map(\.text)
        return TraceStep(
            "neighbour", expected: expected, actual: actual,
            problem: actual == expected
                ? nil
                : found == nil ? "the owner's inner MAC address is not known" : "packets carry another MAC address",
            remedy: repair)
    }

    private func forwardingStep(_ route: DataplaneInfo.Route, _ device: Link?) throws(NetlinkError) -> TraceStep {
        let mac = wanted.neighbours.first { $0.address == route.via }?.mac
        let entry = wanted.forwarding.first { $0.mac == mac }
        let expected = entry?.text ?? "none"
        let found = try device.flatMap { device throws(NetlinkError) in
            try kernel.forwarding(of: device.index).filter { $0.mac.description == mac }.map(\.text)
        }
        let actual = found.flatMap { $0.isEmpty ? nil : $0.joined(separator: ", ") }
        return TraceStep(
            "fdb", expected: expected, actual: actual,
            problem: actual == expected
                ? nil : actual == nil ? "no machine is known behind that MAC address" : "packets go to another machine",
            remedy: repair)
    }

    var repair: String {
        isRunning
            ? "feltd puts it right within milliseconds: if it does not, see `leasectl status` and its log"
            : "start feltd"
    }
}

extension Neighbour {
    var text: String {
        guard let mac else { return "\(address) FAILED" }
        return "\(address) lladdr \(mac)\(isPermanent ? " PERMANENT" : "")"
    }
}

extension ForwardingEntry {
    var text: String {
        var text = "\(mac)" + (destination.map { " dst \($0)" } ?? "")
        if let port { text += " port \(port)" }
        if let vni { text += " vni \(vni)" }
        return text + " self" + (isPermanent ? " permanent" : "")
    }
}
