import LeaseLedger
import NetworkTestSupport
import Testing

@testable import Inspection

@Suite struct ComparisonTests {
    @Test func `what is in sync has a row for each thing, and no difference`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            let rows = try Comparison(
                kernel: try KernelReader(), wanted: try fixture.wanted(), leases: fixture.leases
            ).rows()
            #expect(rows.allSatisfy { $0.ok }, "\(rows.filter { !$0.ok })")
            #expect(
                rows.map(\.kind) == [
                    "device", "address", "route", "route", "neighbour", "neighbour", "fdb", "fdb",
                ])
            #expect(rows.map(\.node) == [nil, nil] + ["near", "far", "near", "far", "near", "far"])
        }
    }

    @Test(arguments: [
        ("ip route del 10.244.94.0/24", "route", "10.244.94.0/24", true, false),
        ("ip route replace 10.244.94.0/24 via 192.168.50.9 proto 70", "route", "10.244.94.0/24", true, true),
        ("ip route add 10.244.5.0/24 via 192.168.50.9 proto 70", "route", "10.244.5.0/24", false, true),
        ("ip neigh del 10.244.94.0 dev flannel.1", "neighbour", "10.244.94.0", true, false),
        ("bridge fdb add 02:00:00:00:00:99 dst 192.168.50.9 dev flannel.1", "fdb", "02:00:00:00:00:99", false, true),
        ("ip link set flannel.1 mtu 1300", "device", "flannel.1", true, true),
        (
            "ip addr del 10.244.89.0/32 dev flannel.1; ip addr add 10.244.7.0/32 dev flannel.1", "address", "flannel.1",
            true, true
        ),
    ])
    func `one difference is one row`(
        damage: String, kind: String, object: String, isExpected: Bool, isThere: Bool
    ) throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            try shell(damage)
            let found = try fixture.differences().filter { $0.kind == kind }
            #expect(found.count == 1 && found.first?.object == object, "\(found)")
            #expect(found.first.map { ($0.expected != nil) == isExpected && ($0.actual != nil) == isThere } == true)
        }
    }

    @Test func `without the device everything on it is missing`() throws {
        try inPrivateNamespace {
            let fixture = try Fixture(.vxlan)
            try shell("ip link del flannel.1")
            let found = try fixture.differences()
            #expect(found.count == 8 && found.allSatisfy { $0.actual == nil && $0.expected != nil }, "\(found)")
        }
    }
}
