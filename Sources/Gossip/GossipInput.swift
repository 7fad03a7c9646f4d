package import Addressing
package import LeaseLedger

/// What can happen to a node.
package enum GossipInput: Sendable {
    case start
    /// What came together, opened by sealing: of the records in it the newest are verified alone.
    case datagrams([IncomingDatagram])
    /// The kernel says that nothing listens there (ICMP port unreachable).
    case portUnreachable(Endpoint)
    /// What the seed names resolve to now.
    case seeds([Endpoint])
    /// For the ledger: a commit, a new address, a word of the operator.
    case ledger(LedgerInput)
    /// Packs messages of other parts of the daemon (keys, announcements) into a datagram and sends it.
    case carry([GossipMessage], to: Endpoint)
    /// The operator bans a node for ever.
    case ban(NodeID)
    /// The operator's word to another node; the answer comes as `orderAnswered` with the same number.
    case order(LeaseOrder, to: NodeID, number: UInt64, onlyAsking: Bool)
    /// The daemon stops; its lease stays.
    case leave
    case tick
}

extension GossipInput {
    package static func datagram(_ bytes: [UInt8], from source: Endpoint) -> GossipInput {
        .datagrams([IncomingDatagram(bytes: bytes, source: source)])
    }
}

/// A datagram's plaintext, and where it came from.
package struct IncomingDatagram: Hashable, Sendable {
    package var bytes: [UInt8]
    package var source: Endpoint

    package init(bytes: [UInt8], source: Endpoint) {
        self.bytes = bytes
        self.source = source
    }
}

/// What a node wants done.
package enum GossipEffect: Sendable {
    /// Seal and send.
    case send([UInt8], to: Endpoint)
    /// Resolve the seed names again and say `seeds`.
    case resolveSeeds
    /// Make the own record durable and say `ledger(.committed(version))`.
    case commit(OwnCommit)
    /// These peers' records or incarnations have changed.
    case peersChanged([NodeID])
    case revocationsChanged
    /// Who owns what has changed.
    case ownersChanged
    /// The cluster's settings are settled: keep them.
    case settled(NetworkSettings)
    /// The cluster runs by settings that contradict the operator's.
    case contradicted([String])
    case takeNewIdentity
    /// A member sends cluster keys, sealed to this node.
    case keyRing([UInt8], from: NodeID)
    case orderAnswered(UInt64, OrderReply)
    case event(NodeEvent)
}

/// What happened, for people and programs that watch.
package enum NodeEvent: Hashable, Sendable {
    case lease(LeaseEvent)
    case liveness(NodeID, Liveness)
    /// A peer's network settings are not ours; nothing is exchanged with it.
    case foreignSettings(Endpoint)
    /// A peer speaks another version of the protocol; nothing is exchanged with it.
    case protocolVersion(UInt8, Endpoint)
    /// A live node has this node's VTEP MAC address too; this node has taken another.
    case tunnelAddressYielded(MACAddress, to: NodeID, now: MACAddress)
    /// A node is banned from now on; it may be this one.
    case banned(NodeID)
    /// There are more members than the network can have; this one is not taken.
    case membersFull(NodeID)
    /// This node was given an order from another, and obeys.
    case ordered(LeaseOrder, by: NodeID)
}
