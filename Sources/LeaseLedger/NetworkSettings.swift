/// How a node's pods are reached.
package enum BackendKind: UInt8, Hashable, Sendable, CaseIterable {
    case vxlan = 1
    case hostGateway = 2
    /// A lease only, no kernel change.
    case alloc = 3

    /// As configuration and `leasectl` write it: vxlan, host-gw, alloc.
    package var label: String {
        switch self {
        case .vxlan: "vxlan"
        case .hostGateway: "host-gw"
        case .alloc: "alloc"
        }
    }

    package init?(label: String) {
        guard let kind = Self.allCases.first(where: { $0.label == label.lowercased() }) else { return nil }
        self = kind
    }
}

/// What all nodes of a cluster agree on. It travels with the cluster: a joiner that names none takes the cluster's.
package struct NetworkSettings: Hashable, Sendable {
    package var pool: SubnetPool
    package var backend: BackendKind
    /// VXLAN network identifier, 1 to 16,777,215 (RFC 7348 §5).
    package var vni: UInt32
    /// UDP port of the VXLAN tunnel.
    package var vxlanPort: UInt16
    /// Plain routes to the peers that are on-link, VXLAN to the others.
    package var directRouting: Bool

    package init(
        pool: SubnetPool, backend: BackendKind = .vxlan, vni: UInt32 = 1, vxlanPort: UInt16 = 8472,
        directRouting: Bool = false
    ) {
        self.pool = pool
        self.backend = backend
        self.vni = vni
        self.vxlanPort = vxlanPort
        self.directRouting = directRouting
    }
}
