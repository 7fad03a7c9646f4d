/// The scenarios that are searched.
package enum Scenarios {
    package static let quick: [Scenario] = [
        Scenario("2 nodes, 2 subnets, a crash") { $0.crashes = 1 },
        Scenario("2 nodes, 1 subnet, a restore") {
            $0.subnets = 1
            $0.crashes = 1
            $0.restores = 1
        },
        Scenario("3 nodes, 1 subnet") {
            $0.nodes = 3
            $0.subnets = 1
        },
        Scenario("2 nodes, 2 subnets, a clone") { $0.clones = 1 },
        Scenario("2 nodes, 2 subnets, a revocation") { $0.revocations = 1 },
    ]
    package static let deep: [Scenario] = []
}
