package import Addressing
package import Gossip
package import LeaseLedger

/// One simulated machine: the daemon's own state machine, and a disk.
package struct SimulatedNode {
    /// What a crash leaves: the last commit, and the peers as lazily written.
    package struct Disk {
        package var own: OwnCommit?
        package var reserved: UInt64
        package var peers: [StoredMember] = []
        package var settings: NetworkSettings?
    }

    /// The daemon's state machine while it runs. By reference: it is some kilobytes large, and takes each input in place.
    package final class Process {
        package internal(set) var gossip: Gossip

        init(_ gossip: Gossip) { self.gossip = gossip }

        /// Looks at it, or gives it something, without a copy of it.
        func inPlace<Result>(_ body: (inout Gossip) -> Result) -> Result { body(&gossip) }
    }

    package let index: Int
    package internal(set) var identity: LeaseLedger.Identity
    package internal(set) var endpoint: Endpoint
    package internal(set) var process: Process?
    package internal(set) var disk: Disk
    /// Off or cut from power: not even its kernel answers.
    package internal(set) var isMachineUp = true
    /// A process that is stopped (SIGSTOP) takes its datagrams late.
    package internal(set) var pausedUntil: Instant?
    /// Was stopped or ill at some time; what is said of it then may be right.
    package internal(set) var isSpared = true
    package internal(set) var events: [(time: Instant, event: NodeEvent)] = []
    package internal(set) var wantsNewIdentity = false
    package internal(set) var orderReplies: [UInt64: OrderReply] = [:]
    package internal(set) var contradictions: [String] = []
    package internal(set) var datagramsSent = 0
    package internal(set) var bytesSent = 0
    var backlog: [IncomingDatagram] = []
    var scheduledTick: Instant?
    var seeds: [Int] = []
    /// Distinguishes runs, so that a disk answer to an earlier run is lost with it.
    var run = 0
    var seen = Census.Entry()

    /// Datagrams that a socket's buffer holds while nobody reads.
    static let socketBuffer = 256

    package var gossip: Gossip? { process?.gossip }
    package var isRunning: Bool { process != nil }
    package var claim: Claim? { process?.gossip.ledger?.heldClaim }
}
