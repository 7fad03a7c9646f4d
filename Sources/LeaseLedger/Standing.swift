internal import Addressing

/// The part of the own record that must be on the disk before anybody hears of it: what the node holds, what it prepares,
/// and what its operator wants.
struct Standing: Hashable, Sendable {
    var claim: Claim?
    var next: Claim?
    var pin: IPv4Block?
    var role: NodeRole

    init(_ record: NodeRecord) {
        claim = record.claim
        next = record.next
        pin = record.pin
        // Whether there is a subnet to have is not this node's doing.
        role = record.role == .exhausted ? .member : record.role
    }

    /// The epoch that its sequence must be above.
    var highestEpoch: UInt64 { max(claim?.epoch ?? 0, next?.epoch ?? 0) }
}
