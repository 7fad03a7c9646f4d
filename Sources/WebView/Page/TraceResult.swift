internal import Addressing
internal import ControlAPI

/// How a packet to an address would go, as far as is known: who owns the address, and the steps to there.
struct TraceResult: Codable, Sendable {
    /// Something that must be so for the packet to arrive.
    struct Step: Codable, Sendable {
        /// route, neighbour, fdb or underlay.
        var name: String
        var expected: String
        var actual: String
        var ok: Bool
    }

    var address: String
    /// The lease that contains the address; `nil` when none does.
    var owner: LeaseInfo?
    /// Empty where feltd was not asked for them.
    var steps: [Step] = []
    /// Why there is no owner, in a sentence.
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
}
