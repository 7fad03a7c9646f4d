internal import FoundationEssentials
internal import Glibc
internal import TestSupport
import Testing

extension Integration {
    /// felt-web beside a real feltd, and under what the network may send.
    @Suite(.serialized) struct WebTests {
        @Test func `beside a real feltd the metrics parse, and ready follows feltd down and up again`() async throws {
            try await Lab.with(nodes: 2) { lab in
                let node = lab.nodes[0]
                let web = try await WebServer(
                    socket: "\(node.runFolder)/feltd.sock", port: 8474, folder: node.folder,
                    wrapper: node.namespace.inside([]))
                let before = try web.get("/readyz")
                #expect(before.status == 503 && before.body.contains("not running"))
                try await lab.startCluster(backend: .vxlan)
                try await waitUntil("felt-web is ready") { try web.get("/readyz").status == 200 ? nil : "503" }
                try await waitUntil("a round trip is measured") {
                    try web.get("/metrics").body.contains("felt_peer_round_trip_seconds{") ? nil : "none"
                }
                let metrics = try web.get("/metrics").body
                try writeText(metrics, to: "\(node.folder)/metrics")
                let check = try Command.run(["sh", "-c", "promtool check metrics < \(node.folder)/metrics"])
                #expect(check.succeeded && check.output + check.errors == "", "\(check.report)")
                let lines = Set(metrics.split(separator: "\n").map(String.init))
                for line in [
                    "felt_up 1", "felt_ready 1", "felt_peers{liveness=\"alive\"} 1", "felt_dataplane_in_sync 1",
                    "felt_pool_subnets_used 2", "felt_lease_conflicts 0",
                ] {
                    #expect(lines.contains(line), "\(line) is not in \(metrics)")
                }
                // Every counter that feltd has.
                for counter in try node.leasectl.status().gossip.keys {
                    let name = counter.reduce("") { $0 + ($1.isUppercase ? "_\($1.lowercased())" : "\($1)") }
                    #expect(metrics.contains("felt_gossip_\(name)_total "), "\(counter)")
                }
                let page = try web.get("/").body
                let subnet = "\(try node.subnetEnv().subnet)"
                #expect(
                    page.contains(">n1<") && page.contains(">n2<") && page.contains(subnet))
                #expect(try web.get("/trace?address=\(lab.nodes[1].address)").body.contains("belongs to <b>n2</b>"))
                #expect(try web.get("/api/leases").body.contains("\"node\": \"n2\""))
                let peer = try lab.nodes[1].subnetEnv()
                let trace: Trace = try JSONDecoder().decode(
                    Trace.self, from: Data(try web.get("/api/trace?address=\(peer.gateway)").body.utf8))
                #expect(trace.steps.map(\.name) == ["route", "neighbour", "fdb", "underlay"], "\(trace)")
                #expect(trace.steps.allSatisfy { $0.ok }, "\(trace)")
                // The same words as leasectl, which has looked into the kernel.
                let seen: Trace = try JSONDecoder().decode(
                    Trace.self,
                    from: Data(try node.leasectlInside(["-o", "json", "trace", "\(peer.gateway)"]).output.utf8))
                #expect(trace.steps.prefix(3).map(\.actual) == seen.steps.prefix(3).map(\.actual), "\(seen)")

                try node.stop()
                try await waitUntil("felt-web is not ready") { try web.get("/readyz").status == 503 ? nil : "200" }
                #expect(try web.get("/").body.contains("feltd is not running"))
                #expect(try web.get("/metrics").body.contains("felt_up 0\n"))
                try node.start()
                try await node.waitReady()
                try await waitUntil("felt-web is ready again") { try web.get("/readyz").status == 200 ? nil : "503" }
            }
        }

        private struct Trace: Decodable {
            struct Step: Decodable {
                var name: String
                var actual: String?
                var ok: Bool
            }

            var steps: [Step]
        }

        private func withWeb(_ behaviour: FakeFeltd.Behaviour, _ body: (WebServer, FakeFeltd) async throws -> Void)
            async throws
        {
            let folder = "/tmp/felt-web-test-\(getpid())"
            try makeFolder(folder)
            defer { _ = try? Command.run(["rm", "-rf", folder]) }
            let feltd = try FakeFeltd(behaviour)
            try await body(try await WebServer(socket: feltd.path, port: 18_474, folder: folder), feltd)
        }

        @Test func `a request that is wrong, too long or has a body is told so, and costs no more`() async throws {
            try await withWeb(.answers(FakeCluster(size: 3).answers)) { web, _ in
                let end = "Host: localhost\r\n\r\n"
                let long = String(repeating: "x", count: 3_000)
                for (request, status) in [
                    ("GET /nothing HTTP/1.1\r\n\(end)", "404"), ("DELETE / HTTP/1.1\r\n\(end)", "405"),
                    ("GET /\(long) HTTP/1.1\r\n\(end)", "414"),
                    ("POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\(end)", "413"),
                    ("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\(end)ffffff\r\n", "413"),
                    ("GET / HTTP/1.1\r\nX: \(String(repeating: "y", count: 20_000))\r\n\(end)", "400"),
                    ("GET / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 200) + end, "400"),
                    ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", "421"), ("nonsense\r\n\r\n", "400"),
                    ("GET / HTTP/9.9\r\n\(end)", ""), ("\u{16}\u{3}\u{1}\u{2}", ""),
                ] {
                    let answer = try web.exchange(request, limit: 2)
                    if !status.isEmpty {
                        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60)): \(answer.prefix(200))")
                    }
                    #expect(!answer.hasPrefix("HTTP/1.1 2") && !answer.hasPrefix("HTTP/1.1 5"))
                }
                let head = try web.exchange("HEAD / HTTP/1.1\r\nConnection: close\r\n\(end)", limit: 2)
                #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
                #expect(head.contains("Content-Security-Policy: default-src 'none';"))
                #expect(try web.get("/healthz").status == 200)
            }
        }

        @Test func `a feltd that is slow, or of another release, is said to be, and the rest goes on`() async throws {
            try await withWeb(.pieces([])) { web, feltd in
                let slow = try web.get("/readyz")
                #expect(slow.status == 503 && slow.body.contains("did not answer"))
                #expect(try web.get("/").body.contains("did not answer"))
                var answers = FakeCluster(size: 3).answers
                answers["members"] = [
                    #""error":{"code":"unknownMethod","message":"feltd 0.0.1 has no method members"}"#
                ]
                feltd.become(.answers(answers))
                try await waitUntil("it answers again") { try web.get("/readyz").status == 200 ? nil : "503" }
                let page = try web.get("/").body
                #expect(page.contains("has no method members") && page.contains(">shop3<"))
            }
        }

        @Test func `a hundred who ask while feltd is down do not make felt-web ask more`() async throws {
            try await withWeb(.pieces([], closes: true)) { web, feltd in
                let before = feltd.connections
                for _ in 0..<100 {
                    let answer = try web.get("/readyz")
                    #expect(answer.status == 503)
                }
                // One a second for those who ask, and the follower's own, ever less often.
                #expect(feltd.connections - before < 50)
            }
        }

        @Test func `at most 32 follow, one that does not read keeps nobody from it, and what happens reaches them`()
            async throws
        {
            try await withWeb(.answers(FakeCluster(size: 200).answers)) { web, feltd in
                // A reader that reads nothing: its window fills, and felt-web holds nothing more for it.
                let idle = try BackgroundProcess(
                    [
                        "sh", "-c",
                        "(printf 'GET /stream HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n'; sleep 100) | socat -u - TCP:\(web.address)",
                    ],
                    log: "\(web.folder)/idle")
                var others: [BackgroundProcess] = []
                for number in 1..<32 {
                    others.append(
                        try BackgroundProcess(
                            ["curl", "-sN", "-m", "100", "http://\(web.address)/stream"],
                            log: "\(web.folder)/stream-\(number)"))
                }
                try await waitUntil("all follow") {
                    let metrics = try web.get("/metrics").body
                    return metrics.contains("felt_web_stream_clients 32\n") ? nil : metrics
                }
                let refused = try web.get("/stream")
                #expect(refused.status == 503 && refused.body.contains("32 browsers"))
                try await waitUntil("the first contents have come") {
                    others.allSatisfy { $0.log.contains("event: nodes") } ? nil : "\(others.map(\.log.count))"
                }
                feltd.tell(#""result":{"kind":"lost","message":"<b>news</b>"}"#)
                try await waitUntil("the news has come") {
                    others.allSatisfy { $0.log.contains("&lt;b&gt;news&lt;/b&gt;") }
                        ? nil : "\(others.map(\.log.count))"
                }
                others = []
                withExtendedLifetime(idle) {}
                try await waitUntil("places are free again") {
                    try web.get("/metrics").body.contains("felt_web_stream_clients 32\n") ? "32" : nil
                }
            }
        }

        @Test func `wrong arguments and a taken port end with one clear line`() async throws {
            let program = try Binaries.path("felt-web")
            for arguments in [
                ["--listen", "nonsense"], ["--listen", "127.0.0.1"], ["--listen", "example.org:80"],
                ["--listen", "127.0.0.1:99999"],
                ["--socket", ""], ["--socket", "/" + String(repeating: "x", count: 200)], ["--frob"], ["surplus"],
            ] {
                let run = try Command.run([program] + arguments)
                #expect(run.status == .exited(64) && !run.errors.isEmpty && run.output == "", "\(run.report)")
            }
            try await withWeb(.none) { web, _ in
                let run = try Command.run([program, "--listen", web.address])
                #expect(
                    run.status == .exited(1) && run.errors.contains("cannot listen on \(web.address)"), "\(run.report)")
            }
        }
    }
}
