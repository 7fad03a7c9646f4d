import ArgumentParser
internal import ControlAPI
internal import Diagnosis
internal import Inspection

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look for what is wrong with this node and its ways to the others; exit 5 if anything is.",
        discussion: """
            Looks at routes, addresses, container runtimes, firewall, network managers, the database and the kernel's \
            entries, and probes every peer: a ping small and large, the gossip port, and the VXLAN device through the \
            tunnel. Takes two seconds or so. Run it as root where feltd runs, and on the other node too: a way may be \
            broken in one direction.

            --fix puts right what is safe to: kernel settings, and new files that keep others off Felt's devices.

            Example: leasectl doctor --fix --dry-run
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Put right what is safe to put right.")
    var fix = false
    @Flag(help: "With --fix: only say what would be done.")
    var dryRun = false
    @Option(help: ArgumentHelp("Read the machine's configuration files below this folder.", valueName: "folder"))
    var root = ""

    func validate() throws {
        if dryRun, !fix { throw ValidationError("--dry-run goes with --fix") }
    }

    func run() throws {
        try reporting {
            let files = HostFiles(root: root)
            let collector = try collector(files)
            let progress = Progress()
            let facts = collector.facts { progress.show($0) }
            progress.clear()
            var findings = Diagnosis.findings(of: facts)
            if fix { findings = findings.map { fixed($0, files) } }
            try show(DoctorReport(findings: findings, checks: Diagnosis.checkCount, unknown: facts.unknown))
            if findings.contains(where: { $0.fixed != true }) { throw ExitCode(Status.unhealthy) }
        }
    }

    private func collector(_ files: HostFiles) throws -> Collector {
        var cluster = Collector.Cluster(isRunning: true, database: options.database)
        do throws(ControlClientError) {
            let client = try options.connect()
            let status = try client.call(ControlMethods.status)
            cluster.status = status
            cluster.database = status.store.path
            cluster.leases = try client.call(ControlMethods.list)
            cluster.members = try client.call(ControlMethods.members)
        } catch {
            // A daemon that refuses us is no finding: who asks must be another.
            guard error.saysNotRunning || Status.of(error) == Status.timedOut else { throw error }
            cluster.isRunning = false
            cluster.daemonProblem = "\(error)"
            if let stored = try? Offline(database: options.database) {
                (cluster.leases, cluster.members) = (stored.leases, stored.members)
            }
        }
        let options = options
        let isRunning = cluster.isRunning
        let leases = cluster.leases
        return Collector(
            cluster: cluster, files: files,
            wanted: {
                if isRunning { return try options.connect().call(ControlMethods.dataplane, DataplaneQuery()) }
                return try StoredDataplane.wanted(state: Offline(database: options.database).state, leases: leases)
            },
            status: { isRunning ? try? options.connect().call(ControlMethods.status) : nil })
    }

    private func fixed(_ finding: Finding, _ files: HostFiles) -> Finding {
        guard let remedy = finding.remedy, !dryRun else { return finding }
        var finding = finding
        do throws(RemedyFailure) {
            try remedy.apply(to: files)
            finding.fixed = true
        } catch {
            Console.note("\(finding.id) is not fixed: \(error)")
            finding.fixed = false
        }
        return finding
    }

    private func show(_ report: DoctorReport) throws {
        switch options.output {
        case .table, .wide: Console.print(report.text(dryRun: dryRun))
        case .jsonl: for finding in report.findings { Console.print(try JSONValue(encoding: finding).line + "\n") }
        case .name: for finding in report.findings { Console.print(finding.id + "\n") }
        case .json, .yaml:
            try Printer(options: options).print(one: report, name: "") { _ in Table(columns: []) }
        }
    }
}

/// The keys are those of `leasectl doctor -o json`.
struct DoctorReport: Encodable {
    var ok: Bool
    var checks: Int
    var findings: [Finding]
    /// What could not be looked at, and why.
    var unknown: [Facts.Unknown]

    init(findings: [Finding], checks: Int, unknown: [Facts.Unknown]) {
        ok = !findings.contains { $0.fixed != true }
        (self.checks, self.findings, self.unknown) = (checks, findings, unknown)
    }

    func text(dryRun: Bool) -> String {
        var text = ""
        for finding in findings {
            let mark = finding.fixed == true ? Style.good("FIXED") : Style.bad("WRONG")
            text += "\(mark)  \(Style.strong(Console.shown(finding.id)))  \(Console.shown(finding.what))\n"
            text += "       why: \(Console.shown(finding.why))\n"
            let word = finding.fixed == true ? "did" : dryRun && finding.fixable ? "would do" : "do"
            text += "       \(word): \(Console.shown(finding.fix))\n"
            if finding.fixable, finding.fixed == nil, !dryRun { text += "       or: leasectl doctor --fix\n" }
        }
        for unknown in unknown {
            text += "\(Style.faint("?"))      \(Console.shown(unknown.what)): \(Console.shown(unknown.reason))\n"
        }
        let wrong = findings.count { $0.fixed != true }
        let sum = wrong == 0 ? "nothing is wrong" : wrong == 1 ? "1 thing is wrong" : "\(wrong) things are wrong"
        return text + "\(checks) checks: \(sum)\n"
    }
}
