internal import ControlAPI

enum PoolChecks {
    /// In hundredths.
    private static let high = 90

    static func low(_ facts: Facts) -> [Finding] {
        guard let pool = facts.status?.pool, pool.total > 0, pool.used * 100 >= pool.total * high else { return [] }
        let absent = facts.leases.filter { $0.liveness == .unreachable }.map(\.node)
        let fix =
            absent.first.map { "leasectl node forget \($0)   # \(absent.count) of the subnets belong to absent nodes" }
            ?? "a larger --network, or a longer --subnet-len, in a new cluster"
        return [
            Finding(
                pool.free == 0 ? "pool-full" : "pool-low",
                what: "\(pool.used) of \(pool.total) subnets are used, \(pool.free) free",
                why: "A node that finds none free gets no lease, and its containers no network.", fix: fix)
        ]
    }
}

enum VersionChecks {
    static func differ(_ facts: Facts) -> [Finding] {
        let present = facts.members.filter { $0.liveness == .alive && !$0.version.isEmpty }
        let byVersion = Dictionary(grouping: present, by: \.version)
        guard byVersion.count > 1 else { return [] }
        let words = byVersion.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.prefix(4).map {
            version, members in
            let names = members.map(\.node).sorted()
            return "\(version) on \(names.prefix(3).joined(separator: ", "))"
                + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        return [
            Finding(
                "versions-differ", what: "nodes run different releases: \(words.joined(separator: "; "))",
                why: "It works during an upgrade; left like this, what is new works nowhere.",
                fix: "apt-get install --only-upgrade felt   # on the older ones, one after the other")
        ]
    }
}
