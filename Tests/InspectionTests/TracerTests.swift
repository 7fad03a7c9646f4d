import Addressing
import LeaseLedger
import NetworkTestSupport
import Testing

@testable import Inspection

@Suite struct TracerTests {
    @Test func `a tunnel's four steps are told as the tools show them, and all is well`() throws {
        try inPrivateNamespace {
            let trace = try Fixture(.vxlan).trace("10.244.94.7")
            #expect(trace.owner == "far" && trace.subnet == "10.244.94.0/24" && trace.kind == "peer" && trace.isOK)
            #expect(trace.steps.map(\.name) == ["route", "neighbour", "fdb", "underlay"])
            #expect(
                trace.steps.map(\.actual) == [
                    "10.244.94.0/24 via 10.244.94.0 dev flannel.1 onlink",
                    "10.244.94.0 lladdr 02:00:00:00:00:02 PERMANENT",
                    "02:00:00:00:00:02 dst 198.51.100.3 self permanent",
                    "198.51.100.3 via 192.168.50.254 dev eth0 src 192.168.50.1, MTU 1500",
                ])
            #expect(trace.steps.prefix(3).allSatisfy { $0.expected == $0.actual })
        }
    }

    @Test(arguments: [
        ("ip route del 10.244.94.0/24", "route", "missing"),
        ("ip route add 10.244.94.0/25 via 192.168.50.9", "route", "before ours"),
        ("ip route prepend 10.244.94.0/24 via 192.168.50.9", "route", "before ours"),
        (
            "ip rule add to 10.244.94.0/24 lookup 99; ip route add default via 192.168.50.9 table 99", "route",
            "policy rule"
        ),
        ("ip route replace blackhole 10.244.94.0/24", "route", "refuses"),
        ("ip neigh del 10.244.94.0 dev flannel.1", "neighbour", "not known"),
        ("ip neigh replace 10.244.94.0 lladdr 02:00:00:00:00:77 dev flannel.1", "neighbour", "another MAC"),
        ("bridge fdb del 02:00:00:00:00:02 dev flannel.1", "fdb", "no machine"),
        ("bridge fdb replace 02:00:00:00:00:02 dst 192.168.50.9 dev flannel.1", "fdb", "another machine"),
        ("ip route del default", "underlay", "no route"),
        (
            "ip link set peer0 down; until ip link show eth0 | grep -q NO-CARRIER; do sleep 0.01; done", "underlay",
            "carrier"
        ),
        ("ip link set flannel.1 down", "route", "down"), ("ip link del flannel.1", "route", "no device"),
    ])
    func `the step that somebody broke is the one that is wrong, and says what to do`(
        damage: String, step: String, words: String
    ) throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            let before = try fixture.wanted()
            try shell(damage)
            let trace = try Tracer(
                kernel: try KernelReader(), wanted: before, leases: fixture.leases, isRunning: true
            ).trace(.init(bits: 0x0AF4_5E07))
            let wrong = trace.steps.first { !$0.ok }
            #expect(wrong?.name == step && wrong?.problem?.contains(words) == true, "\(trace.steps)")
            #expect(wrong?.remedy != nil && !trace.isOK)
        }
    }

    @Test func `an MTU of the underlay that is too small for the tunnel is wrong`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            let before = try fixture.wanted()
            try shell("ip link set eth0 mtu 1400")
            let trace = try Tracer(
                kernel: try KernelReader(), wanted: before, leases: fixture.leases, isRunning: false
            ).trace(.init(bits: 0x0AF4_5E07))
            #expect(trace.steps.last?.problem == "eth0 carries at most 1400 bytes: large packets are lost")
        }
    }

    @Test func `a plain route's steps, and a peer that is not on-link`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.hostGateway)
            let near = try fixture.trace("10.244.78.9")
            #expect(near.isOK && near.steps.map(\.name) == ["route", "neighbour", "underlay"], "\(near.steps)")
            #expect(near.steps.first?.actual == "10.244.78.0/24 via 192.168.50.2 dev eth0")
            let far = try fixture.trace("10.244.94.9")
            #expect(!far.isOK && far.steps.count == 1)
            #expect(far.steps.first?.problem?.contains("198.51.100.3 is not on-link") == true, "\(far.steps)")
        }
    }

    @Test func `with direct routing each peer has its own way`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan, directRouting: true)
            #expect(try fixture.trace("10.244.78.9").steps.map(\.name) == ["route", "neighbour", "underlay"])
            #expect(try fixture.trace("10.244.94.9").steps.map(\.name) == ["route", "neighbour", "fdb", "underlay"])
        }
    }

    @Test func `the own subnet, an address that nobody holds, and one outside are told apart`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            let lonely = try fixture.trace("10.244.89.5")
            #expect(lonely.kind == "own" && !lonely.isOK, "no container has run yet: \(lonely.steps)")
            try shell("ip link add cni0 type bridge; ip addr add 10.244.89.1/24 dev cni0; ip link set cni0 up")
            #expect(try fixture.trace("10.244.89.5").isOK)
            #expect(try fixture.trace("10.244.89.1").isOK)
            #expect(try fixture.trace("10.244.89.0").isOK, "the VXLAN device's own")
            let unowned = try fixture.trace("10.244.5.5")
            #expect(unowned.kind == "unowned" && unowned.owner == nil && !unowned.isOK)
            let outside = try fixture.trace("203.0.113.5")
            #expect(outside.kind == "outside" && outside.isOK)
            #expect(outside.steps.first?.actual?.hasPrefix("default via 192.168.50.254 dev eth0") == true)
            try shell("ip route del default")
            #expect(try !fixture.trace("203.0.113.5").isOK)
        }
    }
}
