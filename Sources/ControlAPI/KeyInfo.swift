/// The cluster's keys and who holds them; never the keys themselves. The keys are those of `leasectl key list -o json`.
package struct KeyRingInfo: Codable, Hashable, Sendable {
    /// One key, as seen from the node that answers.
    package struct Key: Codable, Hashable, Sendable {
        package var id: String
        /// Whether this node seals with it.
        package var seals: Bool
        /// How many nodes hold it, and which live ones do not.
        package var holders: Int
        package var missing: [String]

        package init(id: String, seals: Bool, holders: Int, missing: [String]) {
            self.id = id
            self.seals = seals
            self.holders = holders
            self.missing = missing
        }
    }

    /// What one node has shown last.
    package struct Node: Codable, Hashable, Sendable {
        package var node: String
        package var nodeID: String
        package var liveness: Liveness
        /// The ids of its keys; it seals with the first. Empty for a release without key rotation.
        package var keys: [String]

        package init(node: String, nodeID: String, liveness: Liveness, keys: [String]) {
            self.node = node
            self.nodeID = nodeID
            self.liveness = liveness
            self.keys = keys
        }
    }

    package var cluster: String
    package var sealing: String
    package var keys: [Key]
    package var nodes: [Node]

    package init(cluster: String, sealing: String, keys: [Key], nodes: [Node]) {
        self.cluster = cluster
        self.sealing = sealing
        self.keys = keys
        self.nodes = nodes
    }
}

/// What `key add` takes: a key in base64, or nothing, for a new one.
package struct KeyAddition: Codable, Hashable, Sendable {
    package var key: String?

    package init(key: String? = nil) { self.key = key }
}

package struct KeyAddedInfo: Codable, Hashable, Sendable {
    package var id: String
    /// The key itself, when the daemon has made it.
    package var key: String?
    package var ring: KeyRingInfo

    package init(id: String, key: String? = nil, ring: KeyRingInfo) {
        self.id = id
        self.key = key
        self.ring = ring
    }
}

/// What `key use` and `key remove` take.
package struct KeyChoice: Codable, Hashable, Sendable {
    package var id: String
    /// Even if a live member would be left behind.
    package var force: Bool?

    package init(id: String, force: Bool? = nil) {
        self.id = id
        self.force = force
    }
}
