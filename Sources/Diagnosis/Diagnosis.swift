/// What is wrong, by a snapshot of facts: pure, so that no machine is needed to test it.
package enum Diagnosis {
    /// One question asked of the facts; gives nothing when all is well or the facts do not tell.
    typealias Check = @Sendable (Facts) -> [Finding]

    /// In the order in which a person should look: what explains most comes first.
    private static let checks: [Check] = [
        DaemonChecks.down, DaemonChecks.notReady, DaemonChecks.alone, MachineChecks.clock,
        StoreChecks.unreadable, StoreChecks.damaged, StoreChecks.unwritable, StoreChecks.busy,
        StrangerChecks.unknownKey, StrangerChecks.fullTable,
        IdentityChecks.names, IdentityChecks.fingerprints,
        OverlapChecks.routes, OverlapChecks.addresses, OverlapChecks.pools,
        KernelChecks.forwarding, KernelChecks.reversePath, KernelChecks.forwardDrops, KernelChecks.deviceMTU,
        KernelChecks.entries, DaemonChecks.refused, DaemonChecks.skipped,
        ManagerChecks.udev, ManagerChecks.networkd, ManagerChecks.networkdRoutes, ManagerChecks.networkManager,
        ManagerChecks.dhcpcd,
        PathChecks.unreachable, PathChecks.gossip, PathChecks.vxlan, PathChecks.oneWay, PathChecks.pathMTU,
        MachineChecks.checksums, PoolChecks.low, VersionChecks.differ,
    ]

    package static var checkCount: Int { checks.count }

    package static func findings(of facts: Facts) -> [Finding] { checks.flatMap { $0(facts) } }
}
