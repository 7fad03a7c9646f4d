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

    @Test func `datagrams under an unknown key, and members beyond what the network can need, are told`() {
        #expect(Self.ids { $0.counted = ["datagramsUnknownKey": 0] }.isEmpty)
        #expect(Self.ids { $0.counted = ["datagramsUnknownKey": 3] } == ["key-unknown"])
        func ids(members: Int, subnets: Int) -> [String] {
            Self.ids { facts in
                facts.status = StatusInfo(
                    cluster: "1", node: "a", nodeID: "0", ready: true, lease: nil, backend: "vxlan", state: "idle",
                    peers: .init(), pool: .init(total: subnets, used: 1), dataplane: .init(inSync: true, desired: 0),
                    store: .init(path: "", writes: 0))
                facts.members = (0..<members).map {
                    MemberInfo(
                        node: "n\($0)", nodeID: "\($0)", address: "", liveness: .alive, incarnation: 1, version: "1")
                }
            }
        }
        #expect(ids(members: 4_095, subnets: 255).isEmpty)
        #expect(ids(members: 4_096, subnets: 255) == ["members-full"])
        #expect(ids(members: 5_000, subnets: 4_096).isEmpty)
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
