import TestSupport

@testable import ControlAPI

/// What the daemon of the tests answers.
enum Sample {
    static let alpha =
        #"{"subnet":"10.244.1.0/24","node":"alpha","nodeID":"0123456789abcdef0123456789abcdef","publicIP":"192.0.2.1","#
        + #""backend":"vxlan","vtepMAC":"62:77:9a:41:db:05","class":"confirmed","liveness":"alive","self":true,"seq":7,"#
        + #""claimEpoch":3,"tenureSeconds":7265,"lastSeenSeconds":0}"#
    static let hostile =
        #"{"subnet":"10.244.200.0/24","node":"a\u001b[2Jvery-long-name-of-a-node-that-goes-on-and-on","nodeID":"#
        + #""fedcba9876543210fedcba9876543210","publicIP":"192.0.2.200","backend":"host-gw","class":"tentative","#
        + #""liveness":"unreachable","self":false,"seq":1,"claimEpoch":4,"tenureSeconds":259200,"lastSeenSeconds":null}"#
    static let status =
        #"{"cluster":"c","node":"alpha","nodeID":"0123456789abcdef0123456789abcdef","ready":true,"lease":"10.244.1.0/24","#
        + #""backend":"vxlan","state":"confirmed","peers":{"alive":2,"suspect":0,"unreachable":1,"left":0},"#
        + #""pool":{"total":255,"used":4,"free":251},"dataplane":{"inSync":true,"desired":9,"lastRepairSeconds":null,"#
        + #""failures":[],"skipped":[]},"store":{"path":"/var/lib/felt/felt.db","writes":3},"gossip":{"sent":5}}"#
    static let members =
        #"[{"node":"alpha","nodeID":"0123456789abcdef0123456789abcdef","address":"192.0.2.1:8473","liveness":"alive","#
        + #""incarnation":1,"rttMilliseconds":0.25,"version":"0.1.0"}]"#
    static let event =
        #"{"kind":"lost","subnet":"10.244.1.0/24","node":"alpha","message":"lost to beta\u001b[1m","by":"tenure"}"#

    static func feltd() throws -> FakeFeltd {
        try FakeFeltd([
            "list": [#""result":[\#(alpha),\#(hostile)]"#], "status": [#""result":\#(status)"#],
            "members": [#""result":\#(members)"#], "token": [#""result":{"token":"felt1-secret"}"#],
            "version": [#""result":{"version":"9.9.9","protocol":1,"methods":[]}"#],
            "watch": [#""result":{"kind":"watching","message":"from here on"}"#, #""result":\#(event)"#],
        ])
    }
}
