internal import Simulation

/// A report for people.
struct ReportTable {
    let report: Report

    init(_ report: Report) { self.report = report }

    var text: String {
        var lines = [
            "\(report.scenario), \(report.nodes) nodes, seed \(report.seed), loss \(report.loss): "
                + "\(rounded(report.virtualSeconds)) virtual seconds, trace \(report.trace)"
        ]
        let measures: [(String, Report.Measure?)] = [
            ("join", report.join), ("healing", report.healing), ("change to all", report.changeToAll),
            ("change to one", report.changeToOne), ("first suspicion", report.firstSuspicion),
            ("detection by all", report.detection),
        ]
        if measures.contains(where: { $0.1 != nil }) {
            lines.append(row("SECONDS", ["COUNT", "MEDIAN", "P99", "WORST"]))
        }
        for (name, measure) in measures {
            guard let measure else { continue }
            lines.append(row(name, ["\(measure.count)"] + [measure.median, measure.p99, measure.worst].map(rounded)))
        }
        if let packets = report.joinPackets { lines.append(row("packets to join", [rounded(packets)])) }
        lines.append(row("PER NODE", ["PACKETS/S", "BYTES/S", "BUSIEST"]))
        let load = report.load
        lines.append(
            row("sent", [load.packetsPerSecond, load.bytesPerSecond, load.busiestBytesPerSecond].map(rounded)))
        lines.append(
            "false failures \(report.falseFailures) (\(report.falseVerdicts) verdicts) in \(rounded(report.nodeHours)) "
                + "node-hours, false suspicions \(report.falseSuspicions), yields \(report.yields)")
        for violation in report.violations { lines.append("VIOLATION \(violation)") }
        if !report.violations.isEmpty { lines.append("reproduce: \(report.command)") }
        return lines.joined(separator: "\n")
    }

    private func row(_ name: String, _ cells: [String]) -> String {
        padded(name, 18, left: true) + cells.map { padded($0, 12, left: false) }.joined()
    }

    private func padded(_ text: String, _ width: Int, left: Bool) -> String {
        let filling = String(repeating: " ", count: max(0, width - text.count))
        return left ? text + filling : filling + text
    }

    /// Three decimals.
    private func rounded(_ value: Double) -> String {
        let thousandths = Int((value * 1_000).rounded())
        let (whole, rest) = (thousandths / 1_000, abs(thousandths % 1_000))
        return "\(whole)." + String(repeating: "0", count: 3 - "\(rest)".count) + "\(rest)"
    }
}
