import ArgumentParser
internal import ControlAPI
internal import Glibc
internal import LeaseStore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the database to a new file, consistent while feltd runs.",
        discussion: """
            The copy has the leases, peers, revocations and events, and no key and no identity: it can be kept where \
            the state directory may not. To restore it, stop feltd and put it in the place of felt.db.

            Example: leasectl backup /srv/backup/felt.db
            """)
    @OptionGroup var options: GlobalOptions
    @Flag(help: "Only say what would be done.")
    var dryRun = false
    @Argument(help: ArgumentHelp("The file to make; it must not exist.", valueName: "file"))
    var file: String

    func run() throws {
        try reporting {
            let reader = LeaseStoreReader(database: options.database)
            let state = try reader.read().state
            if dryRun {
                guard access(file, F_OK) != 0 else { throw StoreError(.exists, path: file) }
            } else {
                try Progress.during("copying \(options.database)") { () throws(StoreError) in
                    try reader.backup(to: file)
                }
            }
            let nodes = state.peers.count + (state.own?.record == nil ? 0 : 1)
            Console.note(
                "\(dryRun ? "would back up" : "backed up") \(options.database) to \(file): \(nodes) nodes, "
                    + "\(state.revocations.count) revocations; no key, no identity")
        }
    }
}
