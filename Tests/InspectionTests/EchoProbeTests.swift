import Addressing
import NetworkTestSupport
import Testing

@testable import Inspection

@Suite struct EchoProbeTests {
    private let target = IPv4Address(bits: 0x7F00_0001)

    @Test func `an address of this machine answers, and says how fast`() throws {
        try inPrivateNamespace {
            try shell("ip link set lo up")
            let result = EchoProbe.run(to: target, limit: 5)
            #expect(result.ok && result.roundTripMilliseconds != nil, "\(result)")
        }
    }

    @Test func `silence and refusal are told apart, within the limit`() throws {
        try inPrivateNamespace {
            try shell("ip link set lo up; ip route add unreachable 192.0.2.1")
            let refused = EchoProbe.run(to: try IPv4Address(parsing: "192.0.2.1"), limit: 5)
            #expect(!refused.ok && refused.message.contains("No route to host"), "\(refused)")
            try makeUnderlay()
            try shell("ip neigh add 192.168.50.9 lladdr 02:00:00:00:00:09 dev eth0")
            let silent = EchoProbe.run(to: try IPv4Address(parsing: "192.168.50.9"), limit: 0.2)
            #expect(silent == ProbeResult(target: "192.168.50.9", ok: false, message: "no answer within 0.2 s"))
        }
    }

    @Test func `every cut of an answer is passed over, and a foreign one too`() {
        let header: [UInt8] = [0x45, 0, 0, 38, 0, 0, 0, 0, 64, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1]
        var reply = EchoProbe.request(identifier: 0x1234)
        reply[0] = 0
        let whole = header + reply
        #expect(EchoProbe.meaning(of: whole, target: target, identifier: 0x1234) == .answer)
        #expect(EchoProbe.meaning(of: whole, target: target, identifier: 0x1235) == .other)
        for length in 0..<28 {
            #expect(EchoProbe.meaning(of: Array(whole.prefix(length)), target: target, identifier: 0x1234) == .other)
        }
        let unreachable = header + [3, 1, 0, 0, 0, 0, 0, 0] + header + EchoProbe.request(identifier: 0x1234)
        #expect(
            EchoProbe.meaning(of: unreachable, target: target, identifier: 0x1234)
                == .refusal("127.0.0.1 says: host unreachable: is a container running there?"))
        for length in 28..<unreachable.count - 10 {
            let cut = Array(unreachable.prefix(length))
            _ = EchoProbe.meaning(of: cut, target: target, identifier: 0x1234)
        }
    }
}
