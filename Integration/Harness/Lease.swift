/// One object of `leasectl list -o json`.
struct Lease: Decodable, Equatable {
    var subnet: String
    var node: String
    var nodeID: String
    var publicIP: String
    var backend: String
    var vtepMAC: String?
    var `class`: String
    var liveness: String
    var `self`: Bool
    var seq: UInt64
    var claimEpoch: UInt64
    var tenureSeconds: Double
    var lastSeenSeconds: Double?
}
