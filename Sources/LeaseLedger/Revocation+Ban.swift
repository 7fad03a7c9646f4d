/// A ban is the revocation of every claim a node has made and may make: of an epoch that no claim has. So it spreads, is
/// kept and is compared as revocations are.
extension Revocation {
    package static let banEpoch = NodeRecord.largestCounter

    package init(banning nodeID: NodeID) { self.init(nodeID: nodeID, claimEpoch: Self.banEpoch) }

    /// By the epoch alone, so that two revocations of one key never mean different things.
    package var isBan: Bool { claimEpoch == Self.banEpoch }
}
