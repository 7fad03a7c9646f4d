import Addressing
import Testing

@testable import ControlAPI

@Suite struct InfoTests {
    static let lease = try? LeaseInfo(
        subnet: IPv4Block(parsing: "10.244.1.0/24"), node: "alpha", nodeID: String(repeating: "a", count: 32),
        publicIP: AnyIPAddress(parsing: "192.0.2.1"), backend: "vxlan",
        vtepMAC: MACAddress(parsing: "62:77:9a:41:db:05"), leaseClass: .confirmed, liveness: .alive, isSelf: true,
        seq: 7,
        claimEpoch: 3, tenure: 5)

    @Test func `a lease has the keys of the contract in their order`() throws {
        var lease = try #require(Self.lease)
        let line =
            #"{"subnet":"10.244.1.0/24","node":"alpha","nodeID":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","publicIP":"192.0.2.1","#
            + #""backend":"vxlan","vtepMAC":"62:77:9a:41:db:05","class":"confirmed","liveness":"alive","self":true,"seq":7,"#
            + #""claimEpoch":3,"tenureSeconds":32,"lastSeenSeconds":null}"#
        #expect(try JSONValue(encoding: lease).line == line)
        lease.vtepMAC = nil
        lease.lastSeenSeconds = 1.5
        let text = try JSONValue(encoding: lease).line
        #expect(!text.contains("vtepMAC"))
        #expect(text.hasSuffix(#""lastSeenSeconds":1.5}"#))
    }

    @Test func `a member has the keys of the contract, the round trip only where it was measured`() throws {
        var member = MemberInfo(
            node: "a", nodeID: "b", address: "192.0.2.1:8473", liveness: .suspect, incarnation: 2, version: "0.1.0")
        let without =
            #"{"node":"a","nodeID":"b","address":"192.0.2.1:8473","liveness":"suspect","incarnation":2,"version":"0.1.0"}"#
        #expect(try JSONValue(encoding: member).line == without)
        member.rttMilliseconds = 0.25
        #expect(try JSONValue(encoding: member).line.contains(#""incarnation":2,"rttMilliseconds":0.25,"version""#))
    }

    @Test func `what a daemon without notes says of its data plane is understood`() throws {
        let line = #"{"inSync":true,"desired":3,"lastRepairSeconds":null,"failures":[],"skipped":[]}"#
        #expect(try JSONLine.decode(StatusInfo.Dataplane.self, from: line.utf8).notes == nil)
    }

    @Test func `a status has the keys of the contract, with null where there is nothing`() throws {
        let status = StatusInfo(
            cluster: "c", node: "n", nodeID: "i", ready: false, lease: nil, backend: "alloc", state: "listening",
            peers: .init(alive: 1), pool: .init(total: 255, used: 3), dataplane: .init(inSync: true, desired: 0),
            store: .init(path: "/s", writes: 4), gossip: ["z": 1, "a": 2])
        let line =
            #"{"cluster":"c","node":"n","nodeID":"i","ready":false,"lease":null,"backend":"alloc","state":"listening","#
            + #""peers":{"alive":1,"suspect":0,"unreachable":0,"left":0},"pool":{"total":255,"used":3,"free":252},"#
            + #""dataplane":{"inSync":true,"desired":0,"lastRepairSeconds":null,"failures":[],"skipped":[],"notes":[]},"#
            + #""store":{"path":"/s","writes":4},"gossip":{"a":2,"z":1}}"#
        #expect(try JSONValue(encoding: status).line == line)
        #expect(try JSONLine.decode(StatusInfo.self, from: line.utf8) == status)
    }

    @Test func `what a newer daemon adds is read over, and what an older one lacks is nothing`() throws {
        let lease = try #require(Self.lease)
        var line = try JSONValue(encoding: lease).line
        line = line.replacingFirst(#","lastSeenSeconds":null"#, with: #","mood":[1,{"a":null}]"#)
        line = line.replacingFirst(#""confirmed""#, with: #""cherished""#)
        let read = try JSONLine.decode(LeaseInfo.self, from: line.utf8)
        #expect(read.leaseClass.rawValue == "cherished")
        #expect(read.lastSeenSeconds == nil)
    }

    @Test func `an event survives the way`() throws {
        let event = EventInfo(
            kind: .lost, subnet: "10.244.1.0/24", node: "a", nodeID: "i", message: "lost \"it\"\n", ageSeconds: 2,
            other: .init(node: "b", nodeID: "j"), by: "tenure")
        let line = try JSONLine.encode(event)
        #expect(!line.contains(UInt8(ascii: "\n")))
        #expect(try JSONLine.decode(EventInfo.self, from: line) == event)
        for event in [event, EventInfo(kind: .claimed, message: "")] {
            #expect(event.json == (try JSONValue(encoding: event)))
        }
    }

    @Test func `rows are in the order of their subnets, the winner of a conflict first`() throws {
        let template = try #require(Self.lease)
        let claims = try [("10.244.10.0/24", 2), ("10.244.9.0/24", 3), ("10.244.10.0/24", 1)].map { text, rank in
            (subnet: try IPv4Block(parsing: text), source: (text, rank))
        }
        let rows = LeaseInfo.rows(of: claims, precedes: { $0.1 < $1.1 }) { source in
            var lease = template
            (lease.subnet, lease.node) = (source.0, "\(source.1)")
            return lease
        }
        #expect(rows.map(\.node) == ["3", "1", "2"])
    }

    @Test(arguments: [(0, 0), (1, 2), (5, 32), (63, 1 << 62), (255, 1 << 62)] as [(UInt8, Int)])
    func `a tenure becomes the least time it stands for`(tenure: UInt8, seconds: Int) throws {
        let lease = LeaseInfo(
            subnet: try IPv4Block(parsing: "10.244.1.0/24"), node: "", nodeID: "",
            publicIP: try AnyIPAddress(parsing: "::1"), backend: "alloc", leaseClass: .used, liveness: .left,
            isSelf: false,
            seq: 0, claimEpoch: 0, tenure: tenure)
        #expect(lease.tenureSeconds == seconds)
    }
}

extension String {
    fileprivate func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return replacingCharacters(in: range, other)
    }

    private func replacingCharacters(in range: Range<Index>, _ other: String) -> String {
        self[..<range.lowerBound] + other + self[range.upperBound...]
    }
}
