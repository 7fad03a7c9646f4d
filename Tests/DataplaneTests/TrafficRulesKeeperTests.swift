import Addressing
import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct TrafficRulesKeeperTests {
    private func rules(_ subnet: String = "10.244.89.0/24") throws -> TrafficRules {
        TrafficRules(network: try block("10.244.0.0/16"), ownSubnet: try block(subnet))
    }

    @Test(arguments: [
        "flush ruleset", "delete table ip felt", "flush table ip felt", "flush chain ip felt forward",
        "add rule ip felt postrtg counter accept", "insert rule ip felt postrtg ip daddr 192.0.2.1 masquerade",
        "add chain ip felt more", "flush chain ip felt postrtg",
    ])
    func `what somebody does to the table is put right, and others' tables stay`(damage: String) throws {
        try inPrivateNamespace {
            var keeper = TrafficRulesKeeper()
            #expect(try keeper.keep(try rules()))
            #expect(try !keeper.keep(try rules()))
            let before = try shell("nft -s list table ip felt")
            try shell("nft '\(damage)'; nft add table ip other; nft add chain ip other keep")
            #expect(try keeper.keep(try rules()))
            #expect(try shell("nft -s list table ip felt") == before)
            #expect(try shell("nft list table ip other").contains("chain keep"))
            #expect(try !keeper.keep(try rules()))
        }
    }

    @Test func `another run adopts rules that fit, replaces those that do not, and removes what is not wanted`() throws
    {
        try inPrivateNamespace {
            var keeper = TrafficRulesKeeper()
            #expect(try keeper.keep(try rules()))
            let handles = try shell("nft -a list table ip felt")
            var restarted = TrafficRulesKeeper()
            #expect(try !restarted.keep(try rules()))
            #expect(try shell("nft -a list table ip felt") == handles)
            var moved = TrafficRulesKeeper()
            #expect(try moved.keep(try rules("10.244.7.0/24")))
            #expect(try shell("nft list table ip felt").contains("10.244.7.0/24"))
            #expect(try moved.remove())
            #expect(try !moved.remove())
            #expect(try shell("nft list ruleset") == "")
        }
    }

    @Test func `a script that nft does not take says why`() throws {
        try inPrivateNamespace {
            let error = #expect(throws: FirewallError.self) { try FirewallCommand.apply("add nonsense\n") }
            #expect(error?.description.contains("syntax error") == true)
        }
    }
}
