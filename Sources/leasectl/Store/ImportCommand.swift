internal import Addressing
import ArgumentParser
internal import ControlAPI
internal import Documents
internal import LeaseStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take settings and leases from a document into the database; feltd must be down.",
        discussion: """
            felt: what `leasectl export` wrote: the settings, and records and revocations that are newer than the \
            database's. flannel-etcd: the network's settings, and the lease of this machine, found by its address, as \
            a pinned subnet with its VXLAN address: the next start of feltd holds it as flannel did.

            Example: etcdctl get --prefix /coreos.com/network | leasectl import --format flannel-etcd -
            """)
    @OptionGroup var options: GlobalOptions
    @Option(help: "felt or flannel-etcd.")
    var format = DocumentFormat.felt
    @Flag(help: "Only say what would be done.")
    var dryRun = false
    @Option(
        help: ArgumentHelp(
            "flannel-etcd: the PublicIP of this machine's lease; none: whichever is an address of this machine.",
            valueName: "address"))
    var publicIP: String?
    @Flag(help: "flannel-etcd: take the network's settings and no lease.")
    var settingsOnly = false
    @Argument(help: ArgumentHelp("The document; - is standard input.", valueName: "file"))
    var file: String

    func run() throws {
        try reporting {
            let bytes = try DocumentFile.read(file)
            let plan: ImportPlan
            let target: ImportTarget
            switch format {
            case .felt:
                let document = try FeltDocument(parsing: bytes, file: file)
                target = try ImportTarget(database: options.database, document: file)
                plan = try ImportPlan(document, into: target)
            case .flannelEtcd:
                let document = try FlannelDocument(parsing: bytes, file: file)
                let lease = try ownLease(in: document)
                target = try ImportTarget(database: options.database, document: file)
                plan = try ImportPlan(document, lease: lease, into: target)
            }
            if !dryRun { try Progress.during("writing \(options.database)") { try plan.carryOut(in: target) } }
            for line in plan.lines { Console.print("\(dryRun ? "would " : "")\(Console.shown(line))\n") }
            if plan.lines.isEmpty { Console.print("nothing to do: the database has all of it\n") }
        }
    }

    private func ownLease(in document: FlannelDocument) throws -> FlannelDocument.Lease? {
        guard !settingsOnly else { return nil }
        let mine: [IPv4Address]
        if let publicIP {
            do {
                mine = [try IPv4Address(parsing: publicIP)]
            } catch {
                throw DocumentError("--public-ip", "\(error)")
            }
        } else {
            mine = LocalAddresses.all
        }
        let found = document.leases.filter { mine.contains($0.publicIP) }
        guard found.count <= 1 else {
            throw DocumentError(
                file, at: found.map(\.key).joined(separator: ", "),
                "are all leases of this machine's addresses; name one with --public-ip", kind: .conflict)
        }
        guard let lease = found.first else {
            let known = document.leases.map { "\($0.publicIP)" }.joined(separator: ", ")
            throw DocumentError(
                file,
                "has no lease of \(mine.map(\.description).joined(separator: ", ")) (it has leases of \(known)); "
                    + "name this machine's PublicIP with --public-ip, or take the settings alone with --settings-only",
                kind: .notFound)
        }
        return lease
    }
}
