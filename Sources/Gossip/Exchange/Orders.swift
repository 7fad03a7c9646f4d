internal import Addressing
package import LeaseLedger

/// What became of an order to another node.
package enum OrderReply: Hashable, Sendable {
    case answered(OrderOutcome)
    /// The node is not known here.
    case unknown
    /// The node does not take part now: an order is for a node that can hear it, and waits for none.
    case absent
    /// The node counts as alive and has not answered.
    case unanswered
}

/// An order that was sent and not answered yet.
struct PendingOrder: Sendable {
    var target: NodeID
    var order: LeaseOrder
    var onlyAsking: Bool
    var attempts = 0
    var nextAttempt: Instant
}

/// An order that was carried out, so that one that comes again changes nothing.
struct AnsweredOrder: Sendable {
    var sender: NodeID
    var number: UInt64
    var outcome: OrderOutcome
}
