/// How a node is doing. The keys are those of `leasectl status -o json`.
package struct StatusInfo: Codable, Hashable, Sendable {
    package struct Peers: Codable, Hashable, Sendable {
        package var alive: Int
        package var suspect: Int
        package var unreachable: Int
        package var left: Int

        package init(alive: Int = 0, suspect: Int = 0, unreachable: Int = 0, left: Int = 0) {
            self.alive = alive
            self.suspect = suspect
            self.unreachable = unreachable
            self.left = left
        }
    }

    /// Subnets of the network.
    package struct Pool: Codable, Hashable, Sendable {
        package var total: Int
        package var used: Int
        package var free: Int
        /// What the subnets are cut from, and the first and the last that may be leased; not told while unsettled.
        package var network: String?
        package var first: String?
        package var last: String?

        package init(total: Int, used: Int, network: String? = nil, first: String? = nil, last: String? = nil) {
            self.total = total
            self.used = used
            free = max(0, total - used)
            self.network = network
            self.first = first
            self.last = last
        }
    }

    /// Something the data plane did not do, and why.
    package struct Note: Codable, Hashable, Sendable {
        /// The kernel's object or the peer.
        package var subject: String
        package var message: String

        package init(subject: String, message: String) {
            self.subject = subject
            self.message = message
        }
    }

    package struct Dataplane: Codable, Hashable, Sendable {
        package var inSync: Bool
        /// How many kernel entries should be there.
        package var desired: Int
        /// Changing netlink messages sent since the daemon's start.
        package var changes: Int?
        /// Since something was put right; null when nothing ever was.
        @ExplicitNull package var lastRepairSeconds: Double?
        /// What the kernel refused.
        package var failures: [Note]
        /// Peers left out on purpose, such as one that is not on-link with host-gw.
        package var skipped: [Note]
        /// What the operator should know of the machine, such as forwarding that is off; an older daemon has none.
        package var notes: [Note]?

        package init(
            inSync: Bool, desired: Int, changes: Int? = nil, lastRepairSeconds: Double? = nil, failures: [Note] = [],
            skipped: [Note] = [], notes: [Note] = []
        ) {
            self.inSync = inSync
            self.desired = desired
            self.changes = changes
            self.lastRepairSeconds = lastRepairSeconds
            self.failures = failures
            self.skipped = skipped
            self.notes = notes
        }
    }

    package struct Store: Codable, Hashable, Sendable {
        package var path: String
        /// Transactions written since the daemon's start.
        package var writes: UInt64
        package var problem: String?

        package init(path: String, writes: UInt64, problem: String? = nil) {
            self.path = path
            self.writes = writes
            self.problem = problem
        }
    }

    package var cluster: String
    package var node: String
    package var nodeID: String
    package var ready: Bool
    /// The subnet this node holds; null when it holds none.
    @ExplicitNull package var lease: String?
    package var backend: String
    package var state: String
    package var peers: Peers
    package var pool: Pool
    package var dataplane: Dataplane
    package var store: Store
    /// Who holds which key; left out in an insecure cluster.
    package var keys: KeyRingInfo?
    /// Whom this node is told to join, as HOST:PORT or HOST; an older daemon does not tell.
    package var seeds: [String]?
    /// Nodes that are refused for ever, by name or nodeID.
    package var banned: [String]?
    /// Counters by name.
    package var gossip: [String: UInt64]

    package init(
        cluster: String, node: String, nodeID: String, ready: Bool, lease: String?, backend: String, state: String,
        peers: Peers, pool: Pool, dataplane: Dataplane, store: Store, gossip: [String: UInt64] = [:],
        keys: KeyRingInfo? = nil, seeds: [String]? = nil, banned: [String]? = nil
    ) {
        self.cluster = cluster
        self.node = node
        self.nodeID = nodeID
        self.ready = ready
        self.lease = lease
        self.backend = backend
        self.state = state
        self.peers = peers
        self.pool = pool
        self.dataplane = dataplane
        self.store = store
        self.gossip = gossip
        self.keys = keys
        self.seeds = seeds
        self.banned = banned
    }
}
