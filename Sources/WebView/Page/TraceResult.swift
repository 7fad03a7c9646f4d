internal import Addressing
internal import ControlAPI

/// How a packet to an address would go, as far as is known: who owns the address, and the steps to there.
struct TraceResult: Codable, Sendable {
    /// Something that must be so for the packet to arrive.
    struct Step: Codable, Hashable, Sendable {
        /// route, neighbour, fdb or underlay.
        var name: String
        var expected: String
        /// What feltd found; null when it has not looked, or there is nothing.
        @ExplicitNull var actual: String?
        var ok: Bool
        /// What is wrong, in a sentence.
        var problem: String?

        init(_ name: String, expected: String, actual: String?, problem: String? = nil) {
            self.name = name
            self.expected = expected
            self.actual = actual
            self.problem = problem
            ok = problem == nil
        }
    }

    var address: String
    /// The lease that contains the address; `nil` when none does.
    var owner: LeaseInfo?
    /// Empty where no packet goes through the overlay, and where feltd did not tell.
    var steps: [Step] = []
    /// Why there is no owner, or why there are no steps, in a sentence.
    var problem: String?

    /// - Parameter text: what a person wrote.
    init(_ text: String, in snapshot: ClusterSnapshot) throws(ControlError) {
        guard let address = try? AnyIPAddress(parsing: text) else {
            throw ControlError(
                .badRequest, "\(quoted(String(text.prefix(64)))) is not an address; write one such as 10.244.7.9")
        }
        self.address = address.description
        do {
            owner = try LeaseSelection(address: address.description).pick(from: snapshot.leases)
        } catch {
            problem = error.message
        }
    }

    /// The owner's subnet, when the address is in it; its machine's own address is reached without the overlay.
    var subnet: String? {
        guard let owner, let target = try? IPv4Address(parsing: address),
            (try? IPv4Block(parsing: owner.subnet))?.contains(target) == true
        else { return nil }
        return owner.subnet
    }

    /// Takes what feltd wants in the kernel for the subnet, or why it does not tell.
    mutating func follow(_ wanted: Result<DataplaneInfo, ControlError>, in snapshot: ClusterSnapshot) {
        guard let owner, let status = snapshot.status else { return }
        switch wanted {
        case .success(let wanted):
            let member = snapshot.members.first { $0.nodeID == owner.nodeID }
            steps = TraceSteps(owner: owner, member: member, wanted: wanted, kernel: status.dataplane).all
        case .failure(let error): problem = "feltd does not tell the steps: \(error.message)"
        }
    }
}
