package import Addressing

/// What a peer needs to know of a node's backend to reach its pods.
package enum BackendData: Hashable, Sendable {
    case vxlan(vni: UInt32, vtepMAC: MACAddress)
    case hostGateway
    case alloc

    package var kind: BackendKind {
        switch self {
        case .vxlan: .vxlan
        case .hostGateway: .hostGateway
        case .alloc: .alloc
        }
    }
}

/// What a node without a claim is doing, and what one with a claim means to do.
package enum NodeRole: UInt8, Hashable, Sendable, CaseIterable {
    /// Holds a subnet or is after one.
    case member = 0
    /// Routes but owns no subnet.
    case observer = 1
    /// Wants a subnet; the pool has none.
    case exhausted = 2
    /// Gave its claim back and will not return.
    case departed = 3
    /// Gave its claim back and takes no other until its operator says so.
    case released = 4

    /// Owns no subnet and is after none.
    package var wantsNone: Bool { self == .observer || self == .departed || self == .released }
}

/// The one record a node owns. Only its owner writes it; the higher version wins everywhere.
package struct NodeRecord: Hashable, Sendable {
    package var nodeID: NodeID
    /// Ed25519, 32 bytes; `nodeID` is its hash.
    package var publicKey: [UInt8]
    package var version: RecordVersion
    /// For people; 1 to 63 bytes of UTF-8 without control characters. Two nodes may share one.
    package var name: String
    package var role: NodeRole
    /// Hash of what tells this machine from others; how a cloned disk is noticed.
    package var fingerprint: UInt64
    /// Where the node takes gossip.
    package var endpoint: Endpoint
    /// Where the node takes its pods' traffic.
    package var publicIP: AnyIPAddress
    package var backend: BackendData
    /// The release that wrote the record, at most 31 bytes.
    package var software: String
    package var claim: Claim?
    /// The claim that is to take the place of `claim` once it is confirmed: TENTATIVE as long as it is here.
    package var next: Claim?
    /// The only subnet that the operator wants the node to hold.
    package var pin: IPv4Block?
    /// Of a node that seals.
    package var security: NodeSecurity?

    package init(
        nodeID: NodeID, publicKey: [UInt8], version: RecordVersion, name: String, role: NodeRole = .member,
        fingerprint: UInt64, endpoint: Endpoint, publicIP: AnyIPAddress, backend: BackendData, software: String,
        claim: Claim? = nil, next: Claim? = nil, pin: IPv4Block? = nil, security: NodeSecurity? = nil
    ) {
        self.nodeID = nodeID
        self.publicKey = publicKey
        self.version = version
        self.name = name
        self.role = role
        self.fingerprint = fingerprint
        self.endpoint = endpoint
        self.publicIP = publicIP
        self.backend = backend
        self.software = software
        self.claim = claim
        self.next = next
        self.pin = pin
        self.security = security
    }

    package var claimant: Claimant? { claim.map { Claimant(nodeID: nodeID, claim: $0) } }

    /// What the node claims: what it holds or is after, and what it prepares to move to.
    package var claimants: [Claimant] { [claim, next].compactMap { $0.map { Claimant(nodeID: nodeID, claim: $0) } } }

    /// The node's claim on exactly this subnet.
    package func claimant(on subnet: IPv4Block) -> Claimant? { claimants.first { $0.claim.subnet == subnet } }
}
