internal import Glibc

/// A node that is ended at a write, again and again, and a peer that remembers all it ever said.
struct CrashingNode {
    let node: Node
    let peer: Node
    let library: FaultLibrary
    let plain: [String: String]
    /// The highest sequence number that the peer has seen of the node's present identity.
    var highestSeen: UInt64 = 0
    var nodeID: String?
    var crashes = 0

    init(_ lab: Lab) throws {
        node = lab.nodes[1]
        peer = lab.nodes[0]
        library = try FaultLibrary(in: lab.folder)
        plain = node.options.environment
    }

    /// Starts feltd, lets it reach its lease, changes what it is asked for, and stops it, unless it ends before that.
    /// - Returns: whether it was ended by its fault.
    mutating func run(dyingAt operation: Int, _ ending: FaultLibrary.Ending) throws -> Bool {
        unlink(node.subnetFile)
        node.options.environment = plain.merging(
            library.environment(watching: node.stateFolder, dyingAt: operation, ending)
        ) { $1 }
        try makeFolder(node.stateFolder)
        try node.start()
        let deadline = ContinuousClock.now + .seconds(30)
        while node.daemon?.status == nil, !fileExists(node.subnetFile) {
            guard ContinuousClock.now < deadline else { throw LabError("neither ready nor ended at \(operation)") }
            usleep(2_000)
        }
        let status = try node.stop()
        let died = status == .signalled(SIGKILL)
        guard died || status == .exited(0) else { throw LabError("at operation \(operation): \(status)") }
        if died { crashes += 1 }
        return died
    }

    /// What must hold after any end: the database is whole, no number that was heard can be used again, the node is one
    /// node with one claim.
    mutating func check(_ when: String) throws {
        let database = Database(path: "\(node.stateFolder)/felt.db")
        guard try database.isWhole() else { throw LabError("\(when): the database is not whole") }
        let heard = try peer.leasectl.list().filter { $0.node == node.name }
        guard heard.count <= 1 else { throw LabError("\(when): two claims: \(heard)") }
        guard let lease = heard.first else { return }
        if let nodeID, nodeID != lease.nodeID { throw LabError("\(when): the node has become another") }
        nodeID = lease.nodeID
        guard lease.seq >= highestSeen else { throw LabError("\(when): seq went from \(highestSeen) to \(lease.seq)") }
        highestSeen = lease.seq
        guard let reserved = try database.reserved() else {
            throw LabError("\(when): seq \(lease.seq) was heard and the database knows nothing of the node")
        }
        guard reserved > lease.seq else {
            throw LabError("\(when): seq \(lease.seq) was heard and only \(reserved) is reserved on the disk")
        }
    }
}
