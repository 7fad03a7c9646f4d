import FoundationEssentials
import Testing

@testable import ControlAPI
@testable import WebView

/// The files beside the program that name its metrics.
@Suite struct DashboardTests {
    @Test func `every metric of the Grafana dashboard is one that is served`() throws {
        let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let text = String(
            decoding: try Data(contentsOf: URL(filePath: "/\(package)/Packaging/grafana/felt.json")), as: UTF8.self)
        _ = try JSONLine.decode(JSONValue.self, from: text.utf8)
        var snapshot = Sample.snapshot(size: 12)
        // Every counter that a feltd of this release has; the sample has some.
        for name in ["suspicions", "datagramsMalformed", "recordsForged", "datagramsOtherCluster"] {
            snapshot.status?.gossip[name] = 0
        }
        let metrics = ClusterMetrics.text(snapshot, .init(streamClients: 0, failedReadings: 0))
        let served = Set(
            metrics.split(separator: "\n").filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] })
        let used = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.filter { $0.hasPrefix("felt_") }
        #expect(used.count > 20)
        for name in Set(used) { #expect(served.contains(name), "\(name)") }
    }
}
