import ArgumentParser
internal import ControlAPI
internal import Documents
internal import LeaseStore

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the cluster's settings, leases and records from the database.",
        discussion: """
            felt: one JSON document with the records as their nodes signed them, no key and no identity. flannel-etcd: \
            keys and values as `etcdctl get --prefix /coreos.com/network` prints them; with -o json, one object.

            Example: leasectl export --format flannel-etcd leases.txt
            """)
    @OptionGroup var options: GlobalOptions
    @Option(help: "felt or flannel-etcd.")
    var format = DocumentFormat.felt
    @Flag(help: "Only say what would be done.")
    var dryRun = false
    @Argument(help: ArgumentHelp("The file to make; none: standard output.", valueName: "file"))
    var file: String?

    func run() throws {
        try reporting {
            let stored = try Offline(database: options.database)
            let text = try text(of: stored)
            guard !dryRun else {
                return Console.note("would write \(text.utf8.count) bytes to \(file ?? "standard output")")
            }
            if let file { try DocumentFile.create(file, text) } else { Console.print(text) }
        }
    }

    private func text(of stored: Offline) throws -> String {
        switch format {
        case .felt: return try FeltDocument.tree(stored.state, leases: stored.leases).pretty + "\n"
        case .flannelEtcd:
            guard let settings = stored.state.settings else {
                throw DocumentError(
                    stored.path, "has no network settings yet; export again when feltd has joined", kind: .notFound)
            }
            let entries = FlannelDocument.entries(settings, stored.leases)
            guard options.output == .json else {
                return entries.map { "\($0.key)\n\($0.value.line)\n" }.joined()
            }
            return JSONValue.object(entries.map { .init($0.key, $0.value) }).pretty + "\n"
        }
    }
}
