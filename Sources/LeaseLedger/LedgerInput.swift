package import Addressing

/// What can happen to a ledger.
package enum LedgerInput: Sendable {
    /// The daemon has started; `peersExpected`: it has seeds or remembers peers, so it listens before it claims.
    case start(peersExpected: Bool, joinTimeout: Duration)
    /// The table was exchanged whole with at least one peer.
    case synchronised
    /// Peers' records that the store has kept, before the start. They are no news: nobody is told of them.
    /// `absentFor`: how long those have been absent that were so when the last run ended.
    case restored([SignedRecord], absentFor: [NodeID: Duration] = [:])
    /// Records that turn out not to be signed by their nodes: damaged in the store. The peers have them whole.
    case discarded([SignedRecord])
    /// A record whose signature was checked.
    case record(SignedRecord)
    /// A revocation whose signature was checked.
    case revocation(SignedRevocation)
    /// A peer is reachable, or no longer.
    case liveness(NodeID, isLive: Bool)
    /// A live peer has this version of our record and knows nothing that precedes its claim.
    case acknowledged(by: NodeID, RecordVersion)
    /// The store has committed the record of this version.
    case committed(RecordVersion)
    /// The node's place in the underlay or its backend has changed.
    case located(endpoint: Endpoint, publicIP: AnyIPAddress, backend: BackendData)
    /// The cluster keys that the node holds have changed.
    case secured(NodeSecurity)
    /// This made-up or long gone member leaves the table: there is no room for it.
    case evicted(NodeID)
    /// An endpoint has attached to the own subnet.
    case endpointAttached
    /// The operator's word to this node. What it leads to is asked of `LeaseLedger.outcome(of:)` before.
    case order(LeaseOrder)
    /// The operator takes back whatever this node claims; with `forget`, it goes out of sight too until it speaks again.
    case revoke(NodeID, forget: Bool)
    /// Numbers up to this one have been seen of this node: never use them again.
    case reserve(UInt64)
    case tick
}

/// What a ledger wants done.
package enum LedgerEffect: Sendable {
    /// Make the own record durable, then say `committed`; nobody hears of it before.
    case commit(OwnCommit)
    /// The own record is news for the cluster.
    case announce(SignedRecord)
    /// Tell the owner of a claim that is not confirmed yet that we have it and nothing precedes it.
    case acknowledge(NodeID, RecordVersion)
    /// A peer's record has changed: the store may write it when it likes.
    case peerChanged(NodeID)
    /// Who owns what has changed: derive the data plane anew.
    case ownersChanged
    case event(LeaseEvent)
    /// This node has issued a revocation: make it durable and tell everybody.
    case revoke(SignedRevocation)
    /// The set of revocations has grown, or some are superseded.
    case revocationsChanged
    /// Another machine lives under this identity and its claim precedes: take a new identity.
    case takeNewIdentity
}

/// What the store must keep of the own node before anybody hears of it.
package struct OwnCommit: Hashable, Sendable {
    package var record: SignedRecord
    /// No record or incarnation at or above this number has been spoken; a restart begins here.
    package var reserved: UInt64
    /// The subnet to ask for first after a restart.
    package var hint: IPv4Block?

    package init(record: SignedRecord, reserved: UInt64, hint: IPv4Block?) {
        self.record = record
        self.reserved = reserved
        self.hint = hint
    }
}

/// What happened to leases, for people and programs that watch.
package enum LeaseEvent: Hashable, Sendable {
    case claimed(IPv4Block)
    case confirmed(IPv4Block)
    /// Confirmed alone: no peer was heard.
    case isolated(IPv4Block)
    case lost(IPv4Block, to: NodeID, by: Claimant.Component)
    case revoked(IPv4Block, by: SignedRevocation.Reason)
    case released(IPv4Block)
    /// The pool has no free subnet.
    case exhausted
    /// Peers held a newer record of this node than its own store.
    case adopted(RecordVersion)
    case leaseAdded(NodeID, IPv4Block)
    case leaseChanged(NodeID, IPv4Block)
    case leaseRemoved(NodeID, IPv4Block)
    /// Somebody has taken another node's claim back.
    case leaseRevoked(NodeID, IPv4Block, by: SignedRevocation.Reason)
    /// The own claim has moved: the new subnet is confirmed, the old one is given back with the same word.
    case moved(from: IPv4Block, to: IPv4Block)
    /// The pinned subnet is another's: this node keeps what it has until it is free.
    case waiting(IPv4Block, for: NodeID)
    /// Two other nodes claim one subnet; the winner is routed.
    case conflict(IPv4Block, winner: NodeID, loser: NodeID, by: Claimant.Component)
    case addressChanged(NodeID, from: AnyIPAddress, to: AnyIPAddress)
    case nameConflict(String, NodeID, NodeID)
}
