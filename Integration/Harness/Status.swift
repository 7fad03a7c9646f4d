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

    var cluster: String
    var node: String
    var nodeID: String
    var ready: Bool
    var lease: String?
    var backend: String
    var state: String
    var peers: Peers
    var pool: Pool
    /// Counters since the start.
    var gossip: [String: Double]
}
