import Testing

@testable import ControlAPI
@testable import WebView

@Suite struct MetricsTests {
    private static let process = ClusterMetrics.Process(streamClients: 2, failedReadings: 7)

    private func text(_ snapshot: ClusterSnapshot) -> [String] {
        ClusterMetrics.text(snapshot, Self.process).split(separator: "\n").map(String.init)
    }

    @Test func `with feltd down only that is said`() {
        var snapshot = Sample.snapshot(size: 3)
        snapshot.isUp = false
        let lines = text(snapshot)
        #expect(lines.contains("felt_up 0"))
        #expect(!lines.contains { $0.hasPrefix("felt_members") || $0.hasPrefix("felt_ready") })
    }

    @Test func `each line is a family's heading or a sample of the family above it`() {
        var family = ""
        var seen: Set<String> = []
        for line in text(Sample.snapshot(size: 40)) {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                family = words[2]
                #expect(seen.insert(family).inserted, "\(family) twice")
                #expect(words.count == 4)
            } else if line.hasPrefix("# TYPE ") {
                #expect(words[2] == family)
                #expect(words[3] == (family.hasSuffix("_total") ? "counter" : "gauge"))
            } else {
                #expect(line.hasPrefix(family + " ") || line.hasPrefix(family + "{"))
                #expect(line.split(separator: " ").last.flatMap { Double($0) } != nil, "\(line)")
            }
        }
    }

    @Test func `what is known is told`() {
        let lines = text(Sample.snapshot(size: 3))
        for line in [
            "felt_up 1", "felt_ready 1", "felt_lease_held 1", "felt_peers{liveness=\"alive\"} 2",
            "felt_peers{liveness=\"unreachable\"} 0", "felt_pool_subnets_free 252", "felt_dataplane_in_sync 1",
            "felt_dataplane_desired_entries 8", "felt_store_writes_total 17", "felt_gossip_bytes_sent_total 418200",
            "felt_gossip_datagrams_sent_total 5120", "felt_web_stream_clients 2", "felt_web_failed_readings_total 7",
            "felt_lease_info{subnet=\"10.244.1.0/24\",class=\"confirmed\"} 1", "felt_build_info{version=\"0.1.0\"} 1",
            "felt_leases{class=\"confirmed\"} 3", "felt_lease_conflicts 0", "felt_dataplane_failures 0",
            "felt_dataplane_last_repair_seconds 4210.5",
        ] {
            #expect(lines.contains(line), "\(line) is not in \(lines)")
        }
    }

    @Test func `round trips are series of at most 256 peers, and the rest is counted`() {
        var snapshot = Sample.snapshot(size: 3)
        snapshot.members = (0..<300).map { Sample.member($0, roundTrip: Double($0)) }
        // A node that is named twice is one series.
        snapshot.members.append(Sample.member(7, roundTrip: 9))
        let lines = text(snapshot)
        #expect(lines.count { $0.hasPrefix("felt_peer_round_trip_seconds{") } == 256)
        #expect(lines.contains("felt_peer_round_trips_omitted 44"))
    }

    @Test func `a hostile name stays inside its label`() {
        var snapshot = Sample.snapshot(size: 1)
        snapshot.members = [Sample.member(1, roundTrip: 1, name: "a\"} 1\nfelt_up 0\n\\\u{202E}")]
        let lines = text(snapshot)
        #expect(!lines.contains("felt_up 0"))
        #expect(lines.contains { $0.contains(#"peer="a\"} 1\\u{a}felt_up 0\\u{a}\\\\u{202e}",peer_id="#) }, "\(lines)")
    }

    @Test(
        arguments: [
            ("bytesSent", "bytes_sent"), ("x", "x"), ("HTTPRequests", "httprequests"), ("a-b c", "a_b_c"), ("", nil),
            ("é", nil), ("{}", nil), ("2fast", "2fast"), ("_a_", "a"),
        ] as [(String, String?)])
    func `a counter's name becomes one of Prometheus's`(counter: String, name: String?) {
        #expect(MetricsText.name(counter) == name)
    }

    @Test func `counters that would share a name are told once`() {
        var snapshot = Sample.snapshot(size: 1)
        snapshot.status?.gossip = ["a-b": 1, "a_b": 2, "": 3]
        #expect(text(snapshot).count { $0.hasPrefix("felt_gossip_") } == 1)
    }
}
