internal import Glibc
import Testing

extension Integration {
    /// What Documentation/threat-model.md says of an outsider, on real processes.
    @Suite(.serialized) struct ThreatTests {
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

        @Test func `secrets are in no log, process argument or status`() async throws {
            try await Lab.with(nodes: 2) { lab in
                try await lab.startCluster(backend: .hostGateway)
                let key = try readText(lab.keyFile).split(separator: "\n").map(String.init)[0]
                for node in lab.nodes {
                    for words in [
                        ["status", "-o", "json"], ["members", "-o", "json"], ["list", "-o", "json"],
                        ["key", "list", "-o", "json"],
                    ] {
                        let run = try node.leasectl.run(words)
                        #expect(!(run.output + run.errors).contains(key))
                    }
                    #expect(!node.log.contains(key))
                    let processes = try Command.mustRun(node.namespace.inside(["ps", "-ww", "-eo", "args"]))
                    #expect(!processes.output.contains(key))
                    #expect(try fileMode("\(node.stateFolder)/keys") == 0o600)
                    #expect(try fileMode("\(node.stateFolder)/felt.db") & 0o077 == 0)
                    #expect(try fileMode("\(node.stateFolder)/identity") == 0o600)
                }
            }
        }
    }
}
