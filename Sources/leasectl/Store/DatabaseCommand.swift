import ArgumentParser
internal import ControlAPI
internal import LeaseStore

struct DatabaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "db", abstract: "Look after the database.", subcommands: [DatabaseCheck.self])
}

struct DatabaseCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the database from end to end; exit 5 if something is wrong.",
        discussion: """
            SQLite's full integrity check, the schema's version, and the signature of every record and revocation. \
            It changes nothing, and works while feltd runs.

            Example: leasectl db check -o json
            """)
    @OptionGroup var options: GlobalOptions

    func run() throws {
        try reporting {
            let report = try Progress.during("checking \(options.database)") { () throws(StoreError) in
                try DatabaseReport(checking: options.database, writes: writes)
            }
            try Printer(options: options).print(one: report, name: report.path) { _ in report.table }
            if !report.ok { throw ExitCode(Status.unhealthy) }
        }
    }

    /// Of the daemon that runs on this database.
    private var writes: UInt64? {
        guard let store = try? options.connect().call(ControlMethods.status).store, store.path == options.database
        else {
            return nil
        }
        return store.writes
    }
}
