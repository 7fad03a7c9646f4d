package import Addressing
package import LeaseLedger

/// What a node must not forget of itself: committed to disk before any datagram carries it.
package struct OwnState: Hashable, Sendable {
    /// Whose state this is. Another than the identity file's says that the database belongs to another node.
    package var nodeID: NodeID
    /// Every sequence number up to this one may have been spoken: a start goes on above it.
    package var sequenceReserved: UInt64
    /// Every incarnation up to this one may have been spoken.
    package var incarnationReserved: UInt64
    package var record: SignedRecord?
    package var claim: Claim?
    /// How long the claim has been held, seconds of boot time over all runs.
    package var tenureSeconds: UInt64
    /// The last subnet held: the first preference of the next claim.
    package var hint: IPv4Block?
    /// The VXLAN device's address; survives reboots.
    package var vtepMAC: MACAddress?

    package init(
        nodeID: NodeID, sequenceReserved: UInt64 = 0, incarnationReserved: UInt64 = 0, record: SignedRecord? = nil,
        claim: Claim? = nil, tenureSeconds: UInt64 = 0, hint: IPv4Block? = nil, vtepMAC: MACAddress? = nil
    ) {
        self.nodeID = nodeID
        self.sequenceReserved = sequenceReserved
        self.incarnationReserved = incarnationReserved
        self.record = record
        self.claim = claim
        self.tenureSeconds = tenureSeconds
        self.hint = hint
        self.vtepMAC = vtepMAC
    }

    /// The nodeID of a state that was imported before the node has an identity: the next start makes it its own.
    package static let nobody = NodeID(bits: 0)

    package var isForWhoeverStarts: Bool { nodeID == Self.nobody }
}
