package import Addressing

/// What an operator may ask of a node, on the node itself or from another.
package enum LeaseOrder: Hashable, Sendable {
    /// Hold this subnet and no other, as STATIC; until it is free, keep what there is.
    case pin(IPv4Block)
    /// Hold any subnet: ends a pin, a release and a departure.
    case takeAny
    /// Give the subnet back and take no other until told so.
    case release
    /// Leave the cluster: give the subnet back for good.
    case leave
    /// Hold another subnet, and give the present one back once the new one is confirmed.
    case drain
}

/// What an order leads to, or why it is refused.
package enum OrderOutcome: Hashable, Sendable {
    /// It is so already.
    case unchanged
    /// The node holds this subnet already; it becomes STATIC.
    case pins(IPv4Block)
    /// The node has none and claims this one.
    case claims(IPv4Block)
    /// The node prepares this one and then gives its present one back.
    case moves(to: IPv4Block)
    /// Somebody else's claim stands on the subnet; the node waits and keeps what it has.
    case waits(for: IPv4Block, heldBy: NodeID)
    /// The node gives back what it has; `nil`: it has none.
    case gives(IPv4Block?)

    // Refusals.
    /// The subnet is none of the pool's.
    case outsidePool(IPv4Block)
    /// No other subnet is free.
    case poolFull
    /// The node holds nothing that it could move from.
    case holdsNothing
    /// The node is told to hold this subnet and no other.
    case isPinned(IPv4Block)
    /// The node has not settled yet, or its present claim is not confirmed.
    case notReady

    package var isRefusal: Bool {
        switch self {
        case .unchanged, .pins, .claims, .moves, .waits, .gives: false
        case .outsidePool, .poolFull, .holdsNothing, .isPinned, .notReady: true
        }
    }
}
