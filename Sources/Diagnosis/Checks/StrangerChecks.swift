internal import ControlAPI

/// Those who do not belong to the cluster, and those who seem to and may not.
enum StrangerChecks {
    static func unknownKey(_ facts: Facts) -> [Finding] {
        guard let count = facts.counted["datagramsUnknownKey"], count > 0 else { return [] }
        return [
            Finding(
                "key-unknown", what: "\(count) datagrams came under a key that this node does not have",
                why:
                    "A node with another key, or a key that was removed, tries to join and is not heard; or a stranger does.",
                fix:
                    "journalctl -u feltd -g datagrams-rejected   # its address; leasectl token gives a node of yours a token"
            )
        ]
    }

    static func fullTable(_ facts: Facts) -> [Finding] {
        // As many as gossip takes at most: of a network twice its subnets, and 4,096 at least.
        guard let pool = facts.status?.pool, facts.members.count >= max(4_096, 2 * pool.total) else { return [] }
        return [
            Finding(
                "members-full",
                what: "\(facts.members.count) members are known, more than \(pool.total) subnets can need",
                why:
                    "Somebody who has the cluster's key makes them up; new nodes are let in only in place of silent ones.",
                fix:
                    "leasectl events   # who; then leasectl node ban NODE, and leasectl key add --generate for a new key"
            )
        ]
    }
}
