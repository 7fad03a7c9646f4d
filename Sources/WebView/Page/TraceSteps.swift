internal import ControlAPI

/// The steps of a packet to a node's subnet, by what feltd wants in its kernel and what it says of the last comparison. What
/// feltd found as it should be is there; what the kernel refused is not; nobody else is asked.
struct TraceSteps {
    let owner: LeaseInfo
    let member: MemberInfo?
    let wanted: DataplaneInfo
    let kernel: StatusInfo.Dataplane

    var all: [TraceResult.Step] {
        guard !owner.isSelf else {
            return [.init("route", expected: "\(owner.subnet) on a device of this machine", actual: nil)]
        }
        guard let route = wanted.routes.first(where: { $0.subnet == owner.subnet && $0.via != nil }) else {
            return [skipped]
        }
        let first = step("route", wanted.text(route), ["route \(route.subnet)", "device", "dataplane"])
        guard wanted.isTunnel(route) else { return [first, onLink(route), underlay(needed: wanted.underlay.mtu)] }
        let neighbour = wanted.neighbours.first { $0.address == route.via }
        let entry = neighbour.flatMap { known in wanted.forwarding.first { $0.mac == known.mac } }
        return [
            first,
            step(
                "neighbour", neighbour?.text ?? "none",
                neighbour.map { ["neighbour \($0.address)", "dataplane"] } ?? []),
            step("fdb", entry?.text ?? "none", entry.map { ["fdb \($0.mac)", "dataplane"] } ?? []),
            underlay(needed: (wanted.device?.mtu ?? 0) + DataplaneInfo.vxlanOverhead),
        ]
    }

    private var skipped: TraceResult.Step {
        let reason =
            wanted.skipped.first { $0.subnet == owner.subnet }?.reason
            ?? (wanted.backend == "alloc"
                ? "the backend is alloc, which changes no route" : "its entries are not wanted yet")
        return .init(
            "route", expected: "none: \(reason)", actual: nil,
            problem: "this node installs no route to \(owner.node): \(reason)")
    }

    /// - Parameter subjects: how the objects begin that the kernel may have refused.
    private func step(_ name: String, _ expected: String, _ subjects: [String]) -> TraceResult.Step {
        let refusal = kernel.failures.first { note in
            subjects.contains { note.subject == $0 || note.subject.hasPrefix($0 + " ") }
        }
        if let refusal {
            return .init(name, expected: expected, actual: nil, problem: "the kernel refused it: \(refusal.message)")
        }
        // Others may have been refused; with nothing refused and not in sync, feltd is just comparing.
        guard kernel.inSync || !kernel.failures.isEmpty else {
            return .init(name, expected: expected, actual: nil, problem: "feltd is just putting the kernel right")
        }
        return .init(name, expected: expected, actual: expected)
    }

    /// Who answers for a plain route's gateway is asked for by ARP when there is a packet.
    private func onLink(_ route: DataplaneInfo.Route) -> TraceResult.Step {
        .init("neighbour", expected: "\(route.via ?? "") answers ARP on \(wanted.underlay.name)", actual: nil)
    }

    private func underlay(needed: UInt32) -> TraceResult.Step {
        let device = wanted.underlay
        let place = "\(owner.publicIP) dev \(device.name) src \(device.address), MTU"
        var actual = "\(place) \(device.mtu)"
        // An older one says nothing of a machine that is silent.
        if owner.liveness == .alive, let roundTrip = member?.rttMilliseconds {
            actual += ", round trip \(Shown.milliseconds(roundTrip))"
        }
        let problem: String? =
            if device.mtu < needed {
                "\(device.name) carries at most \(device.mtu) bytes: large packets are lost"
            } else if owner.liveness != .alive {
                "\(owner.node) is \(NodeState(owner.liveness).rawValue): it does not answer"
            } else {
                nil
            }
        return .init("underlay", expected: "\(place) at least \(needed)", actual: actual, problem: problem)
    }
}
