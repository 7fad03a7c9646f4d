internal import ControlAPI

/// What a feltd in a made-up cluster of any size would answer: node 1 is its own, every twentieth is suspect, every
/// twenty-fifth unreachable, and the last claims the subnet of the one before it.
package struct FakeCluster: Sendable {
    package let size: Int
    /// Names, by index from 0; hostile ones are the tests' business.
    private let name: @Sendable (Int) -> String

    package init(size: Int, name: @escaping @Sendable (Int) -> String = { "shop\($0 + 1)" }) {
        self.size = size
        self.name = name
    }

    /// For `FakeFeltd`.
    package var answers: [String: [String]] {
        [
            "status": [#""result":\#(status)"#], "list": [#""result":[\#(leases.joined(separator: ","))]"#],
            "members": [#""result":[\#(members.joined(separator: ","))]"#],
            "version": [#""result":{"version":"0.1.0","protocol":1,"methods":[]}"#],
            "dataplane": [#""result":\#(dataplane)"#],
            "watch": [#""result":{"kind":"watching","message":"from here on"}"#],
        ]
    }

    private func liveness(_ index: Int) -> String {
        guard index > 0 else { return "alive" }
        return index % 25 == 7 ? "unreachable" : index % 20 == 3 ? "suspect" : "alive"
    }

    private func count(_ liveness: String) -> Int { (1..<max(size, 1)).count { self.liveness($0) == liveness } }

    private func id(_ index: Int) -> String {
        let digits = String(UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// Scattered over the network, as felt's choice is.
    private func subnet(_ index: Int) -> String {
        let holder = size > 9 && index == size - 1 ? index - 1 : index
        return "10.244.\(holder * 97 % 255 + 1).0/24"
    }

    private var status: String {
        let peers = ["alive", "suspect", "unreachable", "left"].map { #""\#($0)":\#(count($0))"# }
        let parts: [String] = [
            #""cluster":"0123456789abcdef","node":\#(quoted(name(0))),"nodeID":"\#(id(0))","ready":true"#,
            #""lease":"\#(subnet(0))","backend":"vxlan","state":"confirmed","peers":{\#(peers.joined(separator: ","))}"#,
            #""pool":{"total":255,"used":\#(size),"free":\#(255 - size),"network":"10.244.0.0/16""#,
            #""first":"10.244.1.0/24","last":"10.244.255.0/24"}"#,
            #""dataplane":{"inSync":true,"desired":\#(size * 3 - 1),"lastRepairSeconds":4210.5,"failures":[],"skipped":[]}"#,
            #""store":{"path":"/var/lib/felt/felt.db","writes":17}"#,
            #""gossip":{"datagramsSent":5120,"bytesSent":418200,"probes":2400,"probesFailed":3}"#,
        ]
        return "{\(parts.joined(separator: ","))}"
    }

    private var leases: [String] {
        (0..<size).map { index in
            let leaseClass = index % 11 == 5 ? "static" : "confirmed"
            let parts: [String] = [
                #""subnet":"\#(subnet(index))","node":\#(quoted(name(index))),"nodeID":"\#(id(index))""#,
                #""publicIP":"\#(address(index))","backend":"vxlan","vtepMAC":"\#(mac(index))""#,
                #""class":"\#(leaseClass)","liveness":"\#(liveness(index))","self":\#(index == 0),"seq":\#(7 + index)"#,
                #""claimEpoch":3,"tenureSeconds":\#(3_600 + index * 977),"lastSeenSeconds":\#(index == 0 ? 0 : 1)"#,
            ]
            return "{\(parts.joined(separator: ","))}"
        }
    }

    private var members: [String] {
        (0..<size).map { index in
            // From a third of a millisecond to some tens of them.
            let far: Int = index % 5 == 4 ? 14_000 + index * 331 % 23_000 : 0
            let micro: Int = 300 + index * 7_919 % 1_500 + far
            let thousandths = String(1_000 + micro % 1_000).dropFirst()
            var parts: [String] = [
                #""node":\#(quoted(name(index))),"nodeID":"\#(id(index))","address":"\#(address(index)):8473""#,
                #""liveness":"\#(liveness(index))","incarnation":1,"version":"felt 0.1.0""#,
            ]
            if index > 0 { parts.append(#""rttMilliseconds":\#(micro / 1_000).\#(thousandths)"#) }
            return "{\(parts.joined(separator: ","))}"
        }
    }

    /// Whatever subnet it is asked for; the third peer's backend is another.
    private var dataplane: String {
        func base(_ index: Int) -> String { String(subnet(index).dropLast("/24".count)) }
        let peers = (1..<max(size, 1)).filter { $0 != 3 }
        let routes = peers.map { index in
            #"{"subnet":"\#(subnet(index))","via":"\#(base(index))","device":"flannel.1","metric":0}"#
        }
        let neighbours = peers.map { #"{"address":"\#(base($0))","mac":"\#(mac($0))"}"# }
        let forwarding = peers.map { #"{"mac":"\#(mac($0))","destination":"\#(address($0))"}"# }
        let skipped = #"{"subnet":"\#(subnet(3))","nodeID":"\#(id(3))","reason":"its backend is host-gw"}"#
        let parts: [String] = [
            #""network":"10.244.0.0/16","backend":"vxlan","ownSubnet":"\#(subnet(0))""#,
            #""underlay":{"name":"eth0","index":2,"address":"\#(address(0))","mtu":1500}"#,
            #""device":{"name":"flannel.1","vni":1,"port":8472,"mac":"\#(mac(0))","mtu":1450,"learning":false,"gbp":false,"#
                + #""udpChecksum":false},"address":"\#(base(0))""#,
            #""routes":[\#(routes.joined(separator: ","))],"neighbours":[\#(neighbours.joined(separator: ","))]"#,
            #""forwarding":[\#(forwarding.joined(separator: ","))],"skipped":[\#(size > 3 ? skipped : "")]"#,
        ]
        return "{\(parts.joined(separator: ","))}"
    }

    private func mac(_ index: Int) -> String {
        let digits = String(0x100 + index % 0x100, radix: 16).dropFirst()
        return "62:77:9a:41:db:\(digits)"
    }

    private func address(_ index: Int) -> String { "192.168.\(50 + index / 250).\(index % 250 + 1)" }

    private func quoted(_ text: String) -> String {
        var result = ""
        JSONValue.quote(text, into: &result)
        return result
    }
}
