import ArgumentParser
internal import ControlAPI
internal import Inspection

struct Routes: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the routes that this node should have, and those that it has.",
        discussion: """
            --diff shows only what differs, of the device, its address, neighbours and FDB entries too, and exits 5 if \
            anything does. Reads the kernel of the network namespace in which it runs: run it where feltd runs.

            Example: leasectl routes --diff
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Only what differs, of everything that feltd keeps.")
    var diff = false

    func run() throws {
        try reporting {
            let view = try DataplaneView(options)
            let comparison = Comparison(kernel: view.kernel, wanted: view.wanted, leases: view.leases)
            let rows = diff ? try comparison.rows().filter { !$0.ok } : try comparison.routeRows()
            try Printer(options: options).print(rows, names: \.object) { wide in
                Table(columns: columns(wide), rows: rows.map { cells($0, wide) })
            }
            if diff, !rows.isEmpty { throw ExitCode(Status.unhealthy) }
        }
    }

    private func columns(_ wide: Bool) -> [Table.Column] {
        diff
            ? [
                Table.Column("KIND"), Table.Column("OBJECT"), Table.Column("NODE", longest: wide ? nil : 20),
                Table.Column("EXPECTED"), Table.Column("ACTUAL"),
            ]
            : [
                Table.Column("SUBNET"), Table.Column("NODE", longest: wide ? nil : 20), Table.Column(state: "OK"),
                Table.Column("ROUTE"),
            ]
    }

    private func cells(_ row: RouteRow, _ wide: Bool) -> [String] {
        let nothing = "-"
        if diff { return [row.kind, row.object, row.node ?? nothing, row.expected ?? nothing, row.actual ?? nothing] }
        let state = row.ok ? "yes" : row.actual == nil ? "missing" : row.expected == nil ? "stale" : "differs"
        return [row.object, row.node ?? nothing, state, row.actual ?? row.expected ?? nothing]
    }
}
