internal import ControlAPI

/// The daemon of this node.
enum DaemonChecks {
    static func down(_ facts: Facts) -> [Finding] {
        guard !facts.isRunning else { return [] }
        return [
            Finding(
                "daemon-down", what: facts.daemonProblem ?? "feltd does not run",
                why: "Routes stay, but nobody follows the cluster, and the others see this node as unreachable.",
                fix: "systemctl start feltd")
        ]
    }

    static func notReady(_ facts: Facts) -> [Finding] {
        guard let status = facts.status, !status.ready else { return [] }
        return [
            Finding(
                "not-ready", what: "feltd is not ready: \(status.state), lease \(status.lease ?? "none")",
                why: "Until it holds a lease and its data plane stands, containers here reach nobody.",
                fix: "journalctl -u feltd -n 50")
        ]
    }

    /// Told to join others, and no other was ever heard.
    static func alone(_ facts: Facts) -> [Finding] {
        guard facts.isRunning, facts.members.count <= 1, let status = facts.status, let seeds = status.seeds else {
            return []
        }
        let own = facts.leases.first(where: \.isSelf)?.publicIP
        let others = seeds.filter { seed in own.map { seed != $0 && !seed.hasPrefix("\($0):") } ?? true }
        guard !others.isEmpty, facts.leases.count <= 1 else { return [] }
        let named = others.prefix(3).joined(separator: ", ")
        return [
            Finding(
                "seeds-silent", what: "no machine of --join has ever answered: \(named)",
                why: "This node is a cluster of its own: no feltd there, a firewall blocks UDP, or the keys differ.",
                fix: "leasectl key list   # the same there? nft insert rule inet filter input udp dport 8473 accept")
        ]
    }

    static func refused(_ facts: Facts) -> [Finding] {
        (facts.status?.dataplane.failures ?? []).prefix(8).map { note in
            Finding(
                "dataplane-refused", subject: note.subject, what: "the kernel refused \(note.subject): \(note.message)",
                why: "The subnet behind it is not reached from here.", fix: "leasectl routes --diff")
        }
    }

    static func skipped(_ facts: Facts) -> [Finding] {
        (facts.status?.dataplane.skipped ?? []).prefix(8).map { note in
            Finding(
                "peer-skipped", subject: note.subject, what: "\(note.subject) has no route: \(note.message)",
                why: "Containers there are not reached from here.",
                fix: "leasectl trace \(address(note.subject, facts))")
        }
    }

    /// The first address of a node's subnet: trace takes nothing else.
    private static func address(_ node: String, _ facts: Facts) -> String {
        let subnet = facts.leases.first { $0.node == node || $0.nodeID.hasPrefix(node) }?.subnet
        return subnet?.split(separator: "/").first.map(String.init) ?? "ADDRESS"
    }
}
