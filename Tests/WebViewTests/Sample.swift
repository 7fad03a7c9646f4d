import TestSupport

@testable import ControlAPI
@testable import WebView

enum Sample {
    /// What feltd would answer in a made-up cluster.
    static func snapshot(
        size: Int, name: @escaping @Sendable (Int) -> String = { "shop\($0 + 1)" }
    ) -> ClusterSnapshot {
        let answers = FakeCluster(size: size, name: name).answers
        var snapshot = ClusterSnapshot()
        snapshot.status = result(answers, "status")
        snapshot.leases = result(answers, "list") ?? []
        snapshot.members = result(answers, "members") ?? []
        snapshot.version = result(answers, "version")
        snapshot.isUp = true
        snapshot.ageSeconds = 0
        return snapshot
    }

    /// What it would answer to `dataplane`.
    static func dataplane(size: Int) -> DataplaneFeed.Answer {
        result(FakeCluster(size: size).answers, "dataplane").map { .success($0) }
            ?? .failure(ControlError(.failed, "the sample is not understood"))
    }

    private static func result<Value: Decodable>(_ answers: [String: [String]], _ method: String) -> Value? {
        guard let line = answers[method]?.first else { return nil }
        let json = line.dropFirst("\"result\":".count)
        return try? JSONLine.decode(Value.self, from: Array(json.utf8))
    }

    static func member(_ number: Int, roundTrip: Double?, name: String? = nil) -> MemberInfo {
        let digits = String(number, radix: 16)
        return MemberInfo(
            node: name ?? "n\(number)", nodeID: String(repeating: "0", count: 32 - digits.count) + digits,
            address: "192.0.2.1:8473", liveness: .alive, incarnation: 1, rttMilliseconds: roundTrip, version: "0.1.0")
    }
}
