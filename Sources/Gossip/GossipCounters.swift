/// What the node has counted since it started, by the name under which `leasectl status` shows it.
package struct GossipCounters: Hashable, Sendable {
    package var datagramsSent: UInt64 = 0
    package var bytesSent: UInt64 = 0
    package var datagramsReceived: UInt64 = 0
    package var datagramsMalformed: UInt64 = 0
    package var datagramsOtherVersion: UInt64 = 0
    package var datagramsOtherCluster: UInt64 = 0
    package var datagramsReplayed: UInt64 = 0
    package var datagramsOwn: UInt64 = 0
    package var recordsForged: UInt64 = 0
    package var datagramsBanned: UInt64 = 0
    package var membersRefused: UInt64 = 0
    package var membersEvicted: UInt64 = 0
    package var probes: UInt64 = 0
    package var probesFailed: UInt64 = 0
    package var suspicions: UInt64 = 0
    package var refutations: UInt64 = 0
    package var exchanges: UInt64 = 0
    package var exchangesAborted: UInt64 = 0
    package var oversleeps: UInt64 = 0

    package init() {}

    package var named: [(name: String, value: UInt64)] {
        [
            ("datagramsSent", datagramsSent), ("bytesSent", bytesSent), ("datagramsReceived", datagramsReceived),
            ("datagramsMalformed", datagramsMalformed), ("datagramsOtherVersion", datagramsOtherVersion),
            ("datagramsOtherCluster", datagramsOtherCluster), ("datagramsReplayed", datagramsReplayed),
            ("datagramsOwn", datagramsOwn), ("recordsForged", recordsForged), ("probes", probes),
            ("probesFailed", probesFailed), ("suspicions", suspicions), ("refutations", refutations),
            ("exchanges", exchanges), ("exchangesAborted", exchangesAborted), ("datagramsBanned", datagramsBanned),
            ("membersRefused", membersRefused), ("membersEvicted", membersEvicted), ("oversleeps", oversleeps),
        ]
    }
}
