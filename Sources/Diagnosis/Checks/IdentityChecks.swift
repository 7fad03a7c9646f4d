internal import ControlAPI

/// Machines copied from one image.
enum IdentityChecks {
    static func names(_ facts: Facts) -> [Finding] {
        let present = facts.members.filter { $0.liveness != .left && $0.liveness != .banned }
        return Dictionary(grouping: present, by: \.node).filter { $0.value.count > 1 }
            .sorted { $0.key < $1.key }.map { name, members in
                let places = members.map { "\($0.nodeID.prefix(8)) at \($0.address)" }.sorted()
                return Finding(
                    "clone-name", subject: name, what: "\(members.count) nodes are called \(name): \(list(places))",
                    why: "A command that names it cannot know which one is meant; one may be a copy of the other.",
                    fix: "hostnamectl set-hostname NEW && systemctl restart feltd   # on one of them")
            }
    }

    static func fingerprints(_ facts: Facts) -> [Finding] {
        let live = Set(facts.members.filter { $0.liveness == .alive || $0.liveness == .suspect }.map(\.nodeID))
        let present = facts.machines.filter { live.contains($0.nodeID) }
        let own = facts.status?.nodeID
        return Dictionary(grouping: present, by: \.fingerprint).filter { group in
            // Those that run here are no copies: it is the same machine.
            let isHere = group.value.contains { $0.nodeID == own } && group.value.count <= facts.daemonsHere
            return group.value.count > 1 && !isHere
        }
        .map { $0.value.map { "\($0.node) (\($0.nodeID.prefix(8)))" }.sorted() }
        .sorted { $0[0] < $1[0] }.map { nodes in
            Finding(
                "clone-fingerprint", subject: nodes[0],
                what: "\(nodes.count) nodes have one machine identity: \(list(nodes))",
                why: "They are copies of one image. Felt notices a copied state directory by this identity alone.",
                fix: "rm /etc/machine-id && systemd-machine-id-setup && systemctl restart feltd   # on the copies")
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
    }
}
