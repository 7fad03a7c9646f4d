/// Clock and checksums.
enum MachineChecks {
    /// 2020-01-01: no release is older.
    private static let oldest: Int64 = 1_577_836_800
    /// Fewer may be a passing fault of a line.
    private static let fewErrors: UInt64 = 10
    /// Of so many datagrams one wrong one is a line's.
    private static let errorShare: UInt64 = 10_000

    static func clock(_ facts: Facts) -> [Finding] {
        guard facts.wallClock < oldest else { return [] }
        let year = 1970 + max(0, facts.wallClock) / 31_556_952
        return [
            Finding(
                "clock-unset", what: "the wall clock says \(year)",
                why: "Felt does not need the clock, but certificates, logs and whatever runs in containers do.",
                fix: "timedatectl set-ntp true")
        ]
    }

    static func checksums(_ facts: Facts) -> [Finding] {
        guard let counters = facts.checksums else { return [] }
        let wrong = [
            ("UDP", counters.udpErrors, counters.udpReceived), ("TCP", counters.tcpErrors, counters.tcpReceived),
        ].filter { $0.1 >= fewErrors && $0.1 > $0.2 / errorShare }
        guard !wrong.isEmpty else { return [] }
        let words = wrong.map { "\($0.1) \($0.0) packets beside \($0.2) good ones" }.joined(separator: " and ")
        return [
            Finding(
                "checksum-errors", subject: facts.deviceName,
                what: "\(words) came with wrong checksums",
                why: "A peer's network card does not finish checksums inside VXLAN: ping works, connections hang.",
                fix: "ethtool -K \(facts.deviceName) tx-checksum-ip-generic off   # on the peers that send them")
        ]
    }
}
