package import Addressing

/// Addresses that a container runtime gives out.
package struct AddressPool: Hashable, Sendable {
    package enum Owner: String, Hashable, Sendable {
        case docker = "Docker"
        case podman
    }

    package var owner: Owner
    package var block: IPv4Block
    /// The file that says so, or that it is the default.
    package var source: String

    package init(owner: Owner, block: IPv4Block, source: String) {
        (self.owner, self.block, self.source) = (owner, block, source)
    }
}

/// A packet between pods that the firewall drops.
package struct ForwardDrop: Hashable, Sendable {
    /// As `ip filter FORWARD`.
    package var chain: String
    /// The rule, or the chain's policy.
    package var reason: String
    package var direction: String
    /// Whether iptables of the old kind made it.
    package var isLegacy: Bool

    package init(chain: String, reason: String, direction: String, isLegacy: Bool = false) {
        (self.chain, self.reason, self.direction, self.isLegacy) = (chain, reason, direction, isLegacy)
    }
}

/// What would touch our devices; each names the file that says so, or why.
package struct ManagerFacts: Hashable, Sendable {
    package var udev: String?
    package var networkd: String?
    package var networkdRoutes: String?
    package var networkManager: String?
    package var dhcpcd: String?

    package init() {}
}

package struct StoreFacts: Hashable, Sendable {
    package var path = ""
    package var exists = true
    /// Why it could not be read.
    package var failure: String?
    /// What a full check found.
    package var problems: [String] = []
    /// What the daemon says of its writes.
    package var daemonProblem: String?
    /// Bytes that the file system has left for the daemon; `nil`: not known.
    package var freeBytes: UInt64?
    package var isReadOnly = false
    /// Transactions while doctor looked, and for how many seconds.
    package var writes: UInt64 = 0
    package var seconds: Double = 0

    package init() {}
}

/// Of /proc/net/snmp since the namespace was made.
package struct ChecksumCounters: Hashable, Sendable {
    package var udpReceived: UInt64
    package var udpErrors: UInt64
    package var tcpReceived: UInt64
    package var tcpErrors: UInt64

    package init(udpReceived: UInt64, udpErrors: UInt64, tcpReceived: UInt64, tcpErrors: UInt64) {
        (self.udpReceived, self.udpErrors) = (udpReceived, udpErrors)
        (self.tcpReceived, self.tcpErrors) = (tcpReceived, tcpErrors)
    }
}

/// What probes to one peer came to.
package struct PathReport: Hashable, Sendable {
    /// What a UDP port says to a datagram that it does not understand.
    package enum Port: Hashable, Sendable {
        /// Nothing, as it should: taken, or dropped on the way.
        case silent
        /// Nobody listens (ICMP port unreachable).
        case closed
        /// A firewall says no, or no way leads there.
        case forbidden
    }

    package var node: String
    package var nodeID: String
    /// Where it is reached outside the cluster's network.
    package var address: IPv4Address
    package var liveness: String
    /// Since a datagram of its own came; `nil`: none since the daemon's start.
    package var heardSeconds: Double?
    /// Whether the machine answers an echo request.
    package var answers = false
    /// Whether one as large as the backend sends; `nil`: not asked.
    package var answersLarge: Bool?
    package var largeBytes = 0
    /// The largest IP packet that came through when `largeBytes` did not.
    package var largestBytes: Int?
    package var gossip = Port.silent
    package var gossipPort: UInt16 = 0
    package var vxlan: Port?
    package var vxlanPort: UInt16 = 0
    /// Whether the peer's VXLAN device answers through the tunnel; `nil`: there is none to ask.
    package var answersTunnel: Bool?
    package var tunnelAddress: IPv4Address?

    package init(node: String, nodeID: String, address: IPv4Address, liveness: String) {
        (self.node, self.nodeID, self.address, self.liveness) = (node, nodeID, address, liveness)
    }
}
