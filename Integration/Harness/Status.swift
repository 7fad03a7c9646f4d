/// The parts of `leasectl status -o json` that the tests look at.
struct Status: Decodable {
    struct Peers: Decodable {
        var alive: Int
        var suspect: Int
        var unreachable: Int
        var left: Int
    }

    struct Pool: Decodable {
        var total: Int
        var used: Int
        var free: Int
    }

    struct Dataplane: Decodable {
        var inSync: Bool
        var desired: Int
        /// Changing netlink messages since the daemon's start.
        var changes: Int
    }

    var cluster: String
    var node: String
    var nodeID: String
    var ready: Bool
    var lease: String?
    var backend: String
    var state: String
    var peers: Peers
    var pool: Pool
    var dataplane: Dataplane
    /// Counters since the start.
    var gossip: [String: Double]
}
