internal import Agent
internal import Glibc
import Testing

extension Integration {
    /// What `leasectl doctor` says of those who do not belong to the cluster.
    @Suite(.serialized) struct DoctorStrangerTests {
        @Test func `datagrams under a key that is not the cluster's`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                #expect(try node.doctor().ids.isEmpty)
                let other = "\(lab.folder)/other-key"
                try writeText(try Lab.randomKey() + "\n", to: other)
                let datagram = DatagramSealer(ring: try KeyFile(path: other).read()).seal([1, 2, 3])
                let stranger = try lab.addHost("stranger", address: "192.168.50.200")
                let flood = try stranger.entered {
                    try Flood([datagram], to: node.address, port: 8473, pause: 20_000)
                }
                let report = try node.doctor()
                flood.stop()
                #expect(report.ids == ["key-unknown"], "\(report)")
                try await waitUntil("nothing is left of it") {
                    let report = try node.doctor()
                    return report.ids.isEmpty ? nil : "\(report)"
                }
            }
        }

        @Test func `more members than the network can have`() async throws {
            try await DoctorTests.withCluster { lab in
                let node = lab.nodes[0]
                let attacker = try lab.addHost("evil", address: "192.168.50.200")
                var holder = try attacker.entered { try KeyHolder(of: lab, to: node) }
                let liar = holder.madeUp(0)
                holder.say(liar, as: liar)
                try await waitUntil("n1 has as many as it takes") {
                    // Again, should its socket have had no room for some.
                    for number in 1..<4_300 { holder.say(holder.madeUp(number), as: liar) }
                    let count = try node.leasectl.members().count
                    return count >= 4_096 ? nil : "\(count)"
                }
                let finding = try node.doctor().finding("members-full")
                #expect(finding?.fix.contains("leasectl node ban") == true)
            }
        }
    }
}
