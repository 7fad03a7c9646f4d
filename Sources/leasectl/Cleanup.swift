import ArgumentParser
internal import ControlAPI
internal import Dataplane
internal import Inspection
internal import LeaseStore
internal import Netlink

struct Cleanup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove everything that Felt put into this machine's kernel, and nothing else.",
        discussion: """
            Routes of protocol 70 in the main table, the VXLAN device with its addresses, neighbours and FDB entries, and \
            the nftables table "felt" of --ip-masq. Leases and identity stay. Not while feltd runs: exit 5.

            Example: leasectl cleanup --dry-run
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Only show what would be removed.")
    var dryRun = false

    func run() throws {
        try reporting {
            try checkNotRunning()
            let driver = try DataplaneDriver()
            let found = try driver.leftovers()
            let hasRules = try hasTrafficRules()
            var rows = found.map { Removal(kind: kind($0), object: $0.object) }
            if hasRules { rows.append(Removal(kind: "nftables", object: "table ip \(TrafficRules.table)")) }
            var refused: [ChangeFailure] = []
            if !dryRun {
                refused = try Progress.during("removing \(rows.count) things") {
                    let failures = try driver.cleanup().failures
                    if hasRules { try FirewallCommand.apply(TrafficRules.removal) }
                    return failures
                }
            }
            try Printer(options: options).print(rows, names: \.object) { _ in
                Table(
                    columns: [Table.Column(dryRun ? "WOULD REMOVE" : "REMOVED"), Table.Column("OBJECT")],
                    rows: rows.map { [$0.kind, $0.object] })
            }
            if rows.isEmpty { Console.note("there is nothing of Felt's in the kernel") }
            for failure in refused { Console.note("the kernel refused to \(failure)") }
            if !refused.isEmpty { throw ExitCode(Status.failure) }
        }
    }

    /// One thing that is, or would be, removed.
    private struct Removal: Codable {
        var kind: String
        var object: String
    }

    private func kind(_ change: KernelChange) -> String {
        switch change {
        case .removeRoute: "route"
        case .deleteLink: "device"
        default: "entry"
        }
    }

    /// By its socket, by the lock on its database, and by what runs in this network namespace: each may be out of reach.
    private func checkNotRunning() throws {
        var running: String?
        if (try? options.connect()) != nil { running = "feltd answers at \(options.socket)" }
        if running == nil, case .running(let pid) = LeaseStoreReader(database: options.database).daemonPresence {
            running = "feltd\(pid.map { " (process \($0))" } ?? "") uses \(options.database)"
        }
        if running == nil, let pid = RunningDaemon.find() { running = "feltd runs here as process \(pid)" }
        guard let running else { return }
        throw ControlError(
            .conflict,
            "\(running) and would put everything back: stop it first (systemctl stop feltd, or kill the process)")
    }

    /// Without nft there are no rules of ours either.
    private func hasTrafficRules() throws -> Bool {
        do {
            return try FirewallCommand.listing(of: TrafficRules.table) != nil
        } catch .notStarted {
            return false
        }
    }
}
