internal import Agent
internal import Glibc
internal import LeaseLedger
import Testing

extension Integration {
    /// What Documentation/threat-model.md says of an outsider who sends as fast as it can.
    @Suite(.serialized) struct FloodTests {
        @Test func `a flood of forgeries under the right key's id is cut short, and members stay alive`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let tap = try node.namespace.entered { try PacketTap() }
                var genuine: [UInt8] = []
                try await waitUntil("a datagram is captured") {
                    genuine = tap.take(port: 8473, from: lab.nodes[1].address).first ?? []
                    return genuine.isEmpty ? "none" : nil
                }
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                let sender = try attacker.entered { try DatagramSender(to: node.address, port: 8473) }
                var forged = Array(genuine.prefix(8)) + [UInt8](repeating: 7, count: 1_300)
                for round in 0..<20_000 {
                    forged[20] = UInt8(round & 255)
                    sender.send(forged)
                }
                try await waitUntil("most were not even tried") {
                    let gossip = try node.leasectl.status().gossip
                    let (tried, dropped) = (
                        gossip["datagramsForged", default: 0], gossip["datagramsLimited", default: 0]
                    )
                    return dropped > 0 && tried > 0 ? nil : "\(tried) tried, \(dropped) dropped"
                }
                let status = try node.leasectl.status()
                #expect(status.ready && status.peers.alive == 1)
                #expect(!node.log.contains("is unreachable"))
                let lines = node.log.split(separator: "\n").filter { $0.contains("datagrams-rejected") }
                #expect((1...20).contains(lines.count), "\(lines.count) lines about 20,000 datagrams")
            }
        }

        @Test func `at line rate no more is tried than the budget allows, members are probed, and a new node joins`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure { $0.backend = .vxlan }
                let (victim, member, late) = (lab.nodes[0], lab.nodes[1], lab.nodes[2])
                for node in [victim, member] { try node.start() }
                for node in [victim, member] { try await node.waitReady() }
                let tap = try victim.namespace.entered { try PacketTap() }
                var genuine: [UInt8] = []
                try await waitUntil("a datagram is captured") {
                    genuine = tap.take(port: 8473, from: member.address).first ?? []
                    return genuine.isEmpty ? "none" : nil
                }
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                var datagrams = [32, 200, 1_300].map { Array(genuine.prefix(8)) + [UInt8](repeating: 7, count: $0) }
                datagrams += [7, 64, 1_400].map { [UInt8](repeating: 0x46, count: $0) }
                let before = try victim.leasectl.status().gossip
                let began = BootClock().now
                let flood = try attacker.entered { try Flood(datagrams, to: victim.address, port: 8473) }
                late.options.join = [victim.address]
                try late.start()
                try await late.waitReady()
                func risen(_ counter: String) throws -> Double {
                    try victim.leasectl.status().gossip[counter, default: 0] - before[counter, default: 0]
                }
                try await waitUntil("ten more probes") {
                    let probes = try risen("probes")
                    return probes >= 10 ? nil : "\(probes)"
                }
                try await waitUntil("most forgeries were not even tried") {
                    try risen("datagramsLimited") > 0 ? nil : "none was dropped untried"
                }
                let tried = try risen("datagramsForged")
                let seconds = (BootClock().now - began).inSeconds
                let sent = flood.stop()
                // OpenBudget: 200 a second from one address, and as many to begin with.
                #expect(tried > 0 && tried <= 200 * (seconds + 1), "\(tried) of \(sent) in \(seconds) s")
                #expect(try risen("datagramsNotFelt") > 0 && risen("datagramsTooShort") > 0)
                for node in lab.nodes {
                    #expect(!node.log.contains("memberUnreachable"), "\(node.log)")
                    #expect(try node.leasectl.status().peers.alive == 2, "\(node.name)")
                }
                let lines = victim.log.split(separator: "\n").filter { $0.contains("datagrams-rejected") }
                #expect(Double(lines.count) <= seconds / 10 + 2, "\(lines.count) lines in \(seconds) s")
            }
        }
    }
}
