package import ControlAPI

/// One step of a packet's way: what there should be, what there is, and, when they differ, what to do.
package struct TraceStep: Codable, Hashable, Sendable {
    /// route, neighbour, fdb or underlay.
    package var name: String
    package var expected: String
    /// Null when there is nothing.
    @ExplicitNull package var actual: String?
    package var ok: Bool
    package var problem: String?
    package var remedy: String?

    package init(
        _ name: String, expected: String, actual: String?, problem: String? = nil, remedy: String? = nil
    ) {
        self.name = name
        self.expected = expected
        self.actual = actual
        ok = problem == nil
        self.problem = problem
        self.remedy = problem == nil ? nil : remedy
    }
}

/// How a packet to an address goes. The keys are those of `leasectl trace -o json`.
package struct TraceInfo: Codable, Hashable, Sendable {
    package var address: String
    /// The name of the node that holds the subnet; null when nobody does.
    @ExplicitNull package var owner: String?
    package var ownerID: String?
    package var subnet: String?
    package var publicIP: String?
    /// own, peer, outside or unowned.
    package var kind: String
    package var steps: [TraceStep]
    package var probe: ProbeResult?

    package init(_ address: String, kind: String, owner: LeaseInfo? = nil, steps: [TraceStep]) {
        self.address = address
        self.kind = kind
        self.owner = owner?.node
        ownerID = owner?.nodeID
        subnet = owner?.subnet
        publicIP = owner?.publicIP
        self.steps = steps
    }

    /// Every step is as it should be, and the probe, if there was one, was answered.
    package var isOK: Bool { steps.allSatisfy(\.ok) && probe?.ok != false }
}

/// What became of a real packet.
package struct ProbeResult: Codable, Hashable, Sendable {
    /// Where it was sent.
    package var target: String
    package var ok: Bool
    @ExplicitNull package var roundTripMilliseconds: Double?
    package var message: String

    package init(target: String, ok: Bool, roundTripMilliseconds: Double? = nil, message: String) {
        self.target = target
        self.ok = ok
        self.roundTripMilliseconds = roundTripMilliseconds
        self.message = message
    }
}
