import Testing

@testable import ControlAPI

@Suite struct LeaseSelectionTests {
    private func leases() throws -> [LeaseInfo] {
        var leases = Array(repeating: try #require(InfoTests.lease), count: 4)
        for (index, node) in ["alpha", "beta", "twin", "twin"].enumerated() {
            leases[index].node = node
            leases[index].nodeID = "\(index)bcdef01" + String(repeating: "0", count: 24)
            leases[index].subnet = "10.244.\(index == 3 ? 2 : index).0/24"
            leases[index].publicIP = "192.0.2.\(index)"
        }
        return leases
    }

    @Test(
        arguments: [
            ("10.244.1.0/24", 1), ("10.244.1.0-24", 1), ("10.244.1.77", 1), ("10.244.2.0/24", 2), ("192.0.2.3", 3),
            ("beta", 1), ("0bcdef01", 0), ("1BCDEF01000000000000000000000000", 1),
        ])
    func `a lease is found by subnet, address, name and nodeID`(text: String, index: Int) throws {
        let leases = try leases()
        #expect(try LeaseSelection(parsing: text).pick(from: leases) == leases[index])
    }

    @Test(
        arguments: [
            ("10.244.9.0/24", "notFound"), ("10.9.9.9", "notFound"), ("gamma", "notFound"), ("0bcdef0", "notFound"),
            ("twin", "conflict"), ("10.244.1.7/24", "badRequest"), ("a/b", "badRequest"), ("", "badRequest"),
        ])
    func `what is not there, not one, or not written well has its code`(text: String, code: String) throws {
        let leases = try leases()
        let error = #expect(throws: ControlError.self) { try LeaseSelection(parsing: text).pick(from: leases) }
        #expect(error?.code.rawValue == code)
    }
}
