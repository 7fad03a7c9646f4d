/// One object of `leasectl members -o json`.
struct Member: Decodable, Equatable {
    var node: String
    var nodeID: String
    var address: String
    var liveness: String
    var incarnation: UInt64
}
