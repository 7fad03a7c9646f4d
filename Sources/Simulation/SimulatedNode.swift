package import Addressing
package import Gossip
package import LeaseLedger

/// One simulated machine: the daemon's own state machine, and a disk.
package struct SimulatedNode {
    /// What a crash leaves: the last commit, and the peers as lazily written.
    package struct Disk {
        package var own: OwnCommit?
        package var reserved: UInt64
        package var peers: [NodeID: StoredMember] = [:]
        package var settings: NetworkSettings?
    }

    package let index: Int
    package let identity: LeaseLedger.Identity
    package var endpoint: Endpoint
    package var gossip: Gossip?
    package var disk: Disk
    /// A process that is stopped (SIGSTOP) takes its datagrams late.
    package var pausedUntil: Instant?
    package var backlog: [(bytes: [UInt8], source: Endpoint)] = []
    package internal(set) var events: [(time: Instant, event: NodeEvent)] = []
    package internal(set) var wantsNewIdentity = false
    package internal(set) var orderReplies: [UInt64: OrderReply] = [:]
    package internal(set) var contradictions: [String] = []
    var scheduledTick: Instant?
    var seeds: [Int] = []
    /// Distinguishes runs, so that a disk answer to an earlier run is lost with it.
    var run = 0

    package var isRunning: Bool { gossip != nil }
    package var claim: Claim? { gossip?.ledger?.heldClaim }
}
