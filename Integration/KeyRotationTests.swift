internal import Glibc
import Testing

extension Integration {
    @Suite(.serialized) struct KeyRotationTests {
        @Test func `a key is rotated on a running cluster without anybody being lost, and a restart keeps it`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let node = lab.nodes[0]
                let leases = try node.leasectl.list().map(\.subnet).sorted()
                let before = try node.leasectl.keys()
                let old = before.sealing
                #expect(before.keys.map(\.id) == [old] && before.keys.first?.holders == 3)
                let new = try node.leasectl.addKey()
                try await lab.waitKeys(lab.nodes, sealing: old, holding: [old, new.id])
                #expect(try node.leasectl.key("remove", old).status == .exited(5), "the sealing key stays")
                #expect(try lab.nodes[1].leasectl.key("use", new.id).succeeded, "from any node")
                try await lab.waitKeys(lab.nodes, sealing: new.id, holding: [old, new.id])
                #expect(try lab.nodes[2].leasectl.key("remove", old).succeeded)
                try await lab.waitKeys(lab.nodes, sealing: new.id, holding: [new.id])
                #expect(try node.leasectl.key("use", old).status == .exited(4))

                for node in lab.nodes {
                    #expect(try fileMode("\(node.stateFolder)/keys") == 0o600)
                    let status = try node.leasectl.status()
                    #expect(status.peers.alive == 2 && status.ready && status.cluster == before.cluster)
                    #expect(!node.log.contains("unreachable"), "nobody was lost on the way")
                }
                // The key file still names the old key only: it has not changed, so the rotation stands.
                try lab.nodes[1].stop()
                try lab.nodes[1].start()
                try await lab.nodes[1].waitReady()
                try await lab.waitKeys(lab.nodes, sealing: new.id, holding: [new.id])
                #expect(try node.leasectl.list().map(\.subnet).sorted() == leases)

                // Secrets: only where they must be.
                let secret = try #require(new.key)
                for node in lab.nodes {
                    for words in [["status"], ["members", "-o", "json"], ["key", "list", "-o", "json"]] {
                        let run = try node.leasectl.run(words)
                        #expect(!(run.output + run.errors).contains(secret))
                    }
                    #expect(!node.log.contains(secret))
                }
            }
        }

        @Test func `a rotation with --wait needs no looking in between`() async throws {
            try await Lab.with(nodes: 3) { lab in
                try await lab.startCluster(backend: .vxlan)
                let here = lab.nodes[0].leasectl
                let old = try here.keys().sealing
                func must(_ words: String...) throws -> Command {
                    let run = try here.run(["key"] + words + ["--wait", "--timeout", "50"])
                    #expect(run.succeeded, "\(run.report)")
                    return run
                }
                let new = try #require(try must("add", "--generate", "-o", "name").lines.first)
                for node in lab.nodes {
                    #expect(try node.leasectl.keys().keys.map(\.id).contains(new), "\(node.name)")
                }
                _ = try must("use", new)
                for node in lab.nodes {
                    #expect(try node.leasectl.keys().sealing == new, "\(node.name)")
                }
                _ = try must("remove", old)
                for node in lab.nodes {
                    #expect(try node.leasectl.keys().keys.map(\.id) == [new], "\(node.name)")
                }
                try await lab.waitKeys(lab.nodes, sealing: new, holding: [new])
            }
        }

        @Test func `a node that was given another key while nobody knew it comes in once it uses the others'`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                lab.configure()
                let (known, stranger) = (lab.nodes[0...1], lab.nodes[2])
                try lab.partition(Array(known), [stranger])
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                let theirs = try lab.nodes[0].leasectl.keys().sealing
                let own = try stranger.leasectl.addKey()
                #expect(try stranger.leasectl.key("use", own.id).succeeded)
                try lab.heal()
                try await waitUntil("they meet and cannot talk") {
                    let refused = try known.contains {
                        try $0.leasectl.status().gossip["datagramsUnknownKey", default: 0] > 0
                    }
                    return refused ? nil : "none yet"
                }
                #expect(try stranger.leasectl.status().peers.alive == 0)
                #expect(try stranger.leasectl.key("use", theirs).succeeded)
                try await lab.waitConverged(backend: .vxlan)
                try await lab.waitKeys(lab.nodes, sealing: theirs, holding: [theirs, own.id])
            }
        }

        @Test
        func `a node that was off during a rotation catches up while the old key is there, and needs a token later`()
            async throws
        {
            try await Lab.with(nodes: 3) { lab in
                for node in lab.nodes { node.options.keyFile = nil }
                try lab.nodes[0].start()
                try await lab.nodes[0].waitReady()
                let token = try #require(try lab.nodes[0].leasectl.run(["token"]).lines.first)
                for node in lab.nodes.dropFirst() {
                    node.options.join = [token]
                    try node.start()
                }
                for node in lab.nodes { try await node.waitReady() }
                try await lab.waitConverged(backend: .vxlan)
                let (here, away) = (lab.nodes[0], lab.nodes[2])
                let subnet = try away.subnetEnv().subnet
                let old = try here.leasectl.keys().sealing
                try away.stop()
                let second = try here.leasectl.addKey().id
                #expect(try here.leasectl.key("use", second).succeeded, "who is off does not hold it up")
                try away.start()
                try await lab.waitKeys(lab.nodes, sealing: second, holding: [old, second])
                try await away.waitReady()
                #expect(try away.subnetEnv().subnet == subnet)

                try away.stop()
                let third = try here.leasectl.addKey().id
                #expect(try here.leasectl.key("use", third).succeeded)
                for id in [old, second] { #expect(try here.leasectl.key("remove", id).succeeded) }
                // Whoever still has an old key would let it in, and pass the new one on.
                try await lab.waitKeys(Array(lab.nodes.prefix(2)), sealing: third, holding: [third])
                try away.start()
                try await waitUntil("n1 has refused the node that knows no present key") {
                    try here.leasectl.status().gossip["datagramsUnknownKey", default: 0] > 0 ? nil : "none yet"
                }
                let holders = try here.leasectl.keys().nodes
                #expect(holders.first { $0.node == "n3" }?.keys.contains(third) == false, "\(holders)")
                try away.stop()
                away.options.join = [try #require(try here.leasectl.run(["token"]).lines.first)]
                try away.start()
                try await lab.waitKeys(lab.nodes, sealing: third, holding: [third])
                try await away.waitReady()
                #expect(try away.subnetEnv().subnet == subnet, "its lease was its own all the time")
            }
        }

        @Test func `a changed key file is taken on SIGHUP, and spreads`() async throws {
            try await Lab.with(nodes: 2) { lab in
                lab.configure()
                let node = lab.nodes[0]
                node.options.keyFile = "\(node.folder)/key"
                let old = try readText(lab.keyFile)
                try writeText(old, to: "\(node.folder)/key")
                for node in lab.nodes { try node.start() }
                for node in lab.nodes { try await node.waitReady() }
                let first = try node.leasectl.keys().sealing
                try writeText(try Lab.randomKey() + "\n" + old, to: "\(node.folder)/key")
                try #require(node.daemon).signal(SIGHUP)
                try await waitUntil("n1 seals with the new key") {
                    try node.leasectl.keys().sealing == first ? "the old one" : nil
                }
                let second = try node.leasectl.keys().sealing
                try await lab.waitKeys(lab.nodes, sealing: second, holding: [first, second])
                try writeText("not a key\n", to: "\(node.folder)/key")
                try #require(node.daemon).signal(SIGHUP)
                try await waitUntil("the log says what is wrong with the file") {
                    node.log.contains("key-file-unreadable") ? nil : node.log
                }
                #expect(try node.leasectl.keys().sealing == second)
            }
        }
    }
}
