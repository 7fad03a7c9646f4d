import Addressing
import ControlAPI
import Testing

@testable import Diagnosis

@Suite struct CheckTests {
    private static func path(_ liveness: String, answers: Bool, gossip: PathReport.Port = .silent) throws -> PathReport
    {
        var path = PathReport(
            node: "beta", nodeID: "2", address: try IPv4Address(parsing: "192.0.2.2"), liveness: liveness)
        (path.answers, path.gossip, path.gossipPort) = (answers, gossip, 8_473)
        return path
    }

    private static func ids(_ change: (inout Facts) throws -> Void) rethrows -> [String] {
        var facts = Facts()
        facts.backend = "vxlan"
        try change(&facts)
        return Diagnosis.findings(of: facts).map(\.id)
    }

    @Test func `of nothing nothing is wrong`() {
        #expect(Self.ids { _ in }.isEmpty)
    }

    @Test func `machine, port and daemon are told apart`() throws {
        #expect(try Self.ids { $0.paths = [try Self.path("alive", answers: false)] }.isEmpty)
        #expect(try Self.ids { $0.paths = [try Self.path("left", answers: false)] }.isEmpty)
        #expect(try Self.ids { $0.paths = [try Self.path("unreachable", answers: false)] } == ["peer-unreachable"])
        // A host that answers nothing at all refuses no port: its router says that it is not there.
        #expect(
            try Self.ids { $0.paths = [try Self.path("unreachable", answers: false, gossip: .forbidden)] }
                == ["peer-unreachable"])
        #expect(try Self.ids { $0.paths = [try Self.path("suspect", answers: true)] } == ["gossip-blocked"])
        #expect(
            try Self.ids { $0.paths = [try Self.path("unreachable", answers: false, gossip: .closed)] }
                == ["peer-daemon-down"])
    }

    @Test func `a block within the own subnet, and a default route, is no overlap`() throws {
        func ids(_ block: String) throws -> [String] {
            try Self.ids { facts in
                facts.network = try IPv4Block(parsing: "10.244.0.0/16")
                facts.ownSubnet = try IPv4Block(parsing: "10.244.7.0/24")
                facts.addresses = [.init(block: try IPv4Block(parsing: block), device: "cni0", text: block)]
            }
        }
        #expect(try ids("10.244.7.0/24").isEmpty)
        #expect(try ids("10.245.0.0/16").isEmpty)
        #expect(try ids("10.244.8.0/24") == ["overlap-address"])
        #expect(try ids("10.0.0.0/8") == ["overlap-address"])
    }

    @Test func `a few wrong checksums, and a few among many, are a line's`() {
        func ids(_ errors: UInt64, of received: UInt64) -> [String] {
            Self.ids { $0.checksums = .init(udpReceived: received, udpErrors: errors, tcpReceived: 0, tcpErrors: 0) }
        }
        #expect(ids(9, of: 10).isEmpty)
        #expect(ids(10, of: 1_000_000).isEmpty)
        #expect(ids(10, of: 1_000) == ["checksum-errors"])
        #expect(ids(.max, of: .max) == ["checksum-errors"])
    }

    @Test func `no backend in the kernel, no finding of the kernel`() {
        #expect(
            Self.ids { facts in
                facts.backend = "alloc"
                facts.forwards = false
                facts.reversePath = ["eth0": 1]
                facts.managers.udev = "somewhere"
            }.isEmpty)
    }
}
