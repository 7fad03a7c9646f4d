/// The scenarios that are searched.
package enum Scenarios {
    /// Together a minute in a debug build.
    package static let quick: [Scenario] =
        [
            Scenario("2 nodes, 2 subnets, 2 crashes") {
                $0.crashes = 2
                $0.haste = 1
                $0.startTogether = true
                $0.promptLiveness = true
            },
            Scenario("2 nodes, 1 subnet, any start, a crash") {
                $0.subnets = 1
                $0.crashes = 1
                $0.haste = 1
            },
            Scenario("2 nodes, 1 subnet, a restore") {
                $0.subnets = 1
                $0.crashes = 1
                $0.restores = 1
                $0.haste = 2
                $0.startTogether = true
                $0.promptLiveness = true
            },
            Scenario("2 nodes, 2 subnets, a restore") {
                $0.crashes = 1
                $0.restores = 1
                $0.haste = 1
                $0.startTogether = true
                $0.promptLiveness = true
            },
            Scenario("a node, 2 subnets, its clone") {
                $0.nodes = 1
                $0.clones = 1
                $0.lateDatagrams = false
                $0.promptLiveness = true
                $0.haste = 1
            },
            Scenario("2 nodes, 2 subnets, a revocation, a crash") {
                $0.revocations = 1
                $0.crashes = 1
                $0.peerCache = true
                $0.startTogether = true
                $0.promptLiveness = true
                $0.haste = 0
            },
            Scenario("2 nodes, 1 subnet, a release, a crash") {
                $0.subnets = 1
                $0.releases = 1
                $0.crashes = 1
                $0.haste = 1
                $0.startTogether = true
                $0.promptLiveness = true
            },
            Scenario("2 nodes, 2 subnets, tenure, use, suspicion, acknowledgements") {
                $0.tenures = 1
                $0.attachments = 1
                $0.suspicions = 1
                $0.acknowledgements = true
                $0.startTogether = true
                $0.promptLiveness = true
                $0.haste = 1
            },
            Scenario("2 nodes, 1 subnet, slow disks, a crash, both nonce orders") {
                $0.subnets = 1
                $0.slowDisks = true
                $0.nonceOrders = true
                $0.crashes = 1
                $0.startTogether = true
                $0.promptLiveness = true
                $0.haste = 1
            },
            Scenario("3 nodes, 1 subnet") {
                $0.nodes = 3
                $0.subnets = 1
                $0.lateDatagrams = false
                $0.startTogether = true
                $0.promptLiveness = true
                $0.haste = 0
            },
            Scenario("3 nodes, 2 subnets") {
                $0.nodes = 3
                $0.lateDatagrams = false
                $0.startTogether = true
                $0.promptLiveness = true
                $0.haste = 0
            },
        ] + operations

    /// What operators do.
    private static let operations: [Scenario] = [
        Scenario("2 nodes, 2 subnets, a pin, a crash") {
            $0.pins = 1
            $0.crashes = 1
            $0.haste = 0
            $0.lateDatagrams = false
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 2 subnets, two pins") {
            $0.pins = 2
            $0.haste = 0
            $0.lateDatagrams = false
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 3 subnets, a drain, a crash") {
            $0.subnets = 3
            $0.drains = 1
            $0.crashes = 1
            $0.haste = 0
            $0.startTogether = true
            $0.promptLiveness = true
            $0.lateDatagrams = false
        },
        Scenario("2 nodes, 2 subnets, a revocation that only its holders tell of") {
            $0.revocations = 1
            $0.revocationsFade = true
            $0.tenures = 1
            $0.haste = 1
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 1 subnet, a revocation that only its holders tell of, a crash") {
            $0.subnets = 1
            $0.revocations = 1
            $0.revocationsFade = true
            $0.crashes = 1
            $0.haste = 0
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 2 subnets, a pin and a revocation") {
            $0.pins = 1
            $0.revocations = 1
            $0.haste = 0
            $0.lateDatagrams = false
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 1 subnet, an absent owner's claim reclaimed") {
            $0.subnets = 1
            $0.reclaims = 1
            $0.crashes = 1
            $0.haste = 0
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 1 subnet, a living owner's claim reclaimed") {
            $0.subnets = 1
            $0.reclaims = 1
            $0.suspicions = 1
            $0.haste = 0
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, one an observer, 1 subnet, a crash") {
            $0.subnets = 1
            $0.observers = 1
            $0.crashes = 1
            $0.haste = 1
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 2 subnets, one forgotten, a crash") {
            $0.forgets = 1
            $0.crashes = 1
            $0.haste = 0
            $0.lateDatagrams = false
            $0.startTogether = true
            $0.promptLiveness = true
        },
        Scenario("2 nodes, 1 subnet, a revocation, a restore") {
            $0.subnets = 1
            $0.revocations = 1
            $0.crashes = 1
            $0.restores = 1
            $0.haste = 0
            $0.startTogether = true
            $0.promptLiveness = true
            $0.lateDatagrams = false
        },
    ]

    /// Minutes to hours, optimised.
    package static let deep: [Scenario] = [
        Scenario("3 nodes, 1 subnet, a restore") {
            $0.nodes = 3
            $0.startTogether = true
            $0.promptLiveness = true
            $0.subnets = 1
            $0.crashes = 1
            $0.restores = 1
            $0.lateDatagrams = false
            $0.haste = 0
            $0.mostStates = 20_000_000
        },
        Scenario("3 nodes, 2 subnets, a crash") {
            $0.nodes = 3
            $0.startTogether = true
            $0.promptLiveness = true
            $0.crashes = 1
            $0.lateDatagrams = false
            $0.haste = 0
            $0.mostStates = 20_000_000
        },
        Scenario("2 nodes, 2 subnets, a restore") {
            $0.crashes = 1
            $0.restores = 1
            $0.haste = 2
            $0.mostStates = 20_000_000
        },
        Scenario("2 nodes, 1 subnet, a clone") {
            $0.subnets = 1
            $0.clones = 1
            $0.startTogether = true
            $0.promptLiveness = true
            $0.haste = 0
            $0.lateDatagrams = false
            $0.mostStates = 20_000_000
        },
    ]
}
