import Addressing
import ControlAPI
import Testing

@testable import Diagnosis

@Suite struct ForwardRulesTests {
    private static let chain =
        #"{"chain":{"family":"ip","table":"filter","name":"FORWARD","handle":1,"type":"filter","hook":"forward","prio":0,"policy":"POLICY"}}"#

    private static func drops(_ policy: String, _ rules: String..., from: String = "10.244.1.2") throws -> [ForwardDrop]
    {
        let items = [chain.replacing("POLICY", with: policy)] + rules
        let json = try JSONLine.decode(JSONValue.self, from: "{\"nftables\":[\(items.joined(separator: ","))]}".utf8)
        let packet = ForwardRules.Packet(
            source: try IPv4Address(parsing: from), destination: try IPv4Address(parsing: "10.244.2.2"),
            incoming: "cni0", outgoing: "flannel.1", direction: "to other nodes")
        return ForwardRules(json).drops(packet)
    }

    private static func rule(_ parts: String, chain: String = "FORWARD") -> String {
        #"{"rule":{"family":"ip","table":"filter","chain":"\#(chain)","handle":2,"expr":[\#(parts)]}}"#
    }

    private static let source =
        #"{"match":{"op":"==","left":{"payload":{"protocol":"ip","field":"saddr"}},"right":{"prefix":{"addr":"10.244.0.0","len":16}}}}"#
    private static let established =
        #"{"match":{"op":"in","left":{"ct":{"key":"state"}},"right":["established","related"]}}"#
    private static let device = #"{"match":{"op":"==","left":{"meta":{"key":"oifname"}},"right":"flannel.*"}}"#

    @Test func `a policy of drop drops, unless a rule accepts`() throws {
        #expect(try Self.drops("accept").isEmpty)
        #expect(try Self.drops("drop").map(\.chain) == ["ip filter FORWARD"])
        #expect(
            try Self.drops("drop", Self.rule(Self.source + #",{"counter":{"packets":0,"bytes":0}},{"accept":null}"#))
                .isEmpty)
        #expect(try Self.drops("drop", Self.rule(Self.device + #",{"accept":null}"#)).isEmpty)
        #expect(try Self.drops("drop", Self.rule(Self.established + #",{"accept":null}"#)).count == 1)
        #expect(try Self.drops("drop", Self.rule(#"{"xt":null},{"accept":null}"#)).count == 1)
    }

    @Test func `a rule that drops is found in the chains that are jumped to`() throws {
        let jump = Self.rule(#"{"jump":{"target":"MINE"}}"#)
        let drop = Self.rule(Self.source + #",{"drop":null}"#, chain: "MINE")
        let found = try Self.drops("accept", jump, drop)
        #expect(found.count == 1 && found[0].reason == "the rule `saddr 10.244.0.0/16 drop` in chain MINE")
        #expect(try Self.drops("accept", jump, drop, from: "10.9.0.1").isEmpty)
        #expect(try Self.drops("accept", jump, Self.rule(#"{"return":null}"#, chain: "MINE"), drop).isEmpty)
    }

    @Test func `chains that call each other end`() throws {
        let loop = Self.rule(#"{"jump":{"target":"FORWARD"}}"#)
        #expect(try Self.drops("drop", loop).count == 1)
    }
}
