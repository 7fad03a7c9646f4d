internal import Addressing
internal import ControlAPI
internal import Netlink

/// The steps below the overlay.
extension Tracer {
    /// The outer packet of a tunnel: it leaves by the device's link.
    func tunnelStep(_ owner: LeaseInfo, _ device: Link?) throws(NetlinkError) -> TraceStep {
        let needed = (wanted.device?.mtu ?? 0) + DataplaneInfo.vxlanOverhead
        let underlay = wanted.underlay
        let expected = "\(owner.publicIP) dev \(underlay.name) src \(underlay.address), MTU at least \(needed)"
        guard let target = try? IPv4Address(parsing: owner.publicIP) else {
            return TraceStep("underlay", expected: expected, actual: nil, problem: "\(owner.publicIP) is not IPv4")
        }
        guard let link = try kernel.link(named: underlay.name) else {
            return TraceStep(
                "underlay", expected: expected, actual: nil, problem: "there is no device \(underlay.name)",
                remedy: "bring it back, or name another with --iface")
        }
        let found = try kernel.lookup(target, over: link.index)
        let actual = found.map { describe($0, target, link) + ", MTU \(link.mtu)" }
        var problem: String?
        var remedy = "check the cable and the interface's configuration"
        if let found {
            if !link.isUp || !link.hasCarrier {
                problem = "\(link.name) is \(link.isUp ? "without a carrier" : "down")"
            } else if found.type != Route.unicast {
                problem = "\(target) is no other machine's address"
                remedy = "give the owner an address that is reachable from here (--public-ip there)"
            } else if let local = device?.vxlan?.local, local.description != underlay.address {
                problem = "the tunnel's source address is \(local)"
                remedy = repair
            } else if link.mtu < needed {
                problem = "\(link.name) carries at most \(link.mtu) bytes: large packets are lost"
                remedy = "raise its MTU, or start feltd with a smaller --mtu"
            }
        } else {
            problem = "\(underlay.name) has no route to \(target)"
            remedy = "add a route to \(target) over \(underlay.name)"
        }
        return TraceStep("underlay", expected: expected, actual: actual, problem: problem, remedy: remedy)
    }

    /// Who answers for the gateway of a plain route is asked for by ARP; nothing is expected before the first packet.
    func onLinkStep(_ route: DataplaneInfo.Route, _ device: Link?) throws(NetlinkError) -> TraceStep {
        let gateway = route.via ?? ""
        let found = try device.flatMap { device throws(NetlinkError) in
            try kernel.neighbours(of: device.index).first { $0.address.description == gateway }
        }
        let isFailed = found.map { $0.mac == nil } ?? false
        return TraceStep(
            "neighbour", expected: "\(gateway) answers ARP on \(wanted.underlay.name)",
            actual: found?.text ?? "not asked yet", problem: isFailed ? "\(gateway) does not answer ARP" : nil,
            remedy: "see that the machine is up and on this link")
    }

    func plainStep(_ route: DataplaneInfo.Route, _ device: Link?) throws(NetlinkError) -> TraceStep {
        let gateway = route.via ?? ""
        let expected = "\(gateway) dev \(wanted.underlay.name) without a gateway, MTU at least \(wanted.underlay.mtu)"
        guard let target = try? IPv4Address(parsing: gateway), let device else {
            return TraceStep(
                "underlay", expected: expected, actual: nil, problem: "there is no device \(wanted.underlay.name)",
                remedy: "bring it back, or name another with --iface")
        }
        let found = try kernel.lookup(target, over: device.index)
        let problem: String? =
            if let found {
                if !found.isOnLink(over: device.index) {
                    "\(gateway) is not on-link: it is behind a gateway"
                } else if !device.isUp || !device.hasCarrier {
                    "\(device.name) is \(device.isUp ? "without a carrier" : "down")"
                } else if device.mtu < wanted.underlay.mtu {
                    "\(device.name) carries at most \(device.mtu) bytes"
                } else {
                    nil
                }
            } else {
                "\(wanted.underlay.name) has no route to \(gateway)"
            }
        return TraceStep(
            "underlay", expected: expected,
            actual: found.map { describe($0, target, device) + ", MTU \(device.mtu)" }, problem: problem,
            remedy: "check the cable, the address and the routes of \(wanted.underlay.name)")
    }

    private func describe(_ found: RouteLookup, _ target: IPv4Address, _ link: Link) -> String {
        "\(target)" + (found.gateway.map { " via \($0)" } ?? "") + " dev \(link.name)"
            + (found.preferredSource.map { " src \($0)" } ?? "")
    }
}
