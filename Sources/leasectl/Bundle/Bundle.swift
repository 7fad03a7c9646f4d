import ArgumentParser
internal import ControlAPI
internal import Diagnosis
internal import Documents
internal import Glibc
internal import LeaseStore

struct Bundle: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Gather what helps to find a fault into one archive, without secrets.",
        discussion: """
            A tar file: what leasectl shows, the findings of doctor, feltd's log of the journal, its configuration, and \
            the kernel's addresses, routes, neighbours, FDB entries and firewall. No key, token or identity; whatever \
            looks like one is left out. Names and addresses are in it: look through it before you hand it on.

            Example: leasectl bundle /tmp/felt.tar
            """)
    @OptionGroup var place: DaemonPlace
    @Flag(help: "Only say what would be in it.")
    var dryRun = false
    @Argument(help: ArgumentHelp("The file to make; it must not exist. - is standard output.", valueName: "file"))
    var file = "felt-bundle.tar"

    func run() throws {
        try reporting {
            if file != "-", access(file, F_OK) == 0 {
                throw DocumentError(file, "exists already and is not overwritten; name another file", kind: .conflict)
            }
            let sources = BundleSource.all(place.options)
            guard !dryRun else {
                return Console.print(sources.map(\.name).joined(separator: "\n") + "\n")
            }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            var archive = TarArchive(folder: "felt-bundle", time: UInt64(max(now.tv_sec, 0)))
            let progress = Progress()
            for source in sources {
                progress.show("gathering \(source.name)")
                archive.add(source.name, Array(Redaction.of(source.text()).utf8))
            }
            archive.finish()
            progress.clear()
            if file == "-" { return Console.print(archive.bytes) }
            try DocumentFile.create(file, archive.bytes)
            Console.note("\(sources.count) files in \(file); no key, no token, no identity")
        }
    }
}

/// One file of the archive; what cannot be had says why.
struct BundleSource {
    let name: String
    let text: () -> String

    static func all(_ options: GlobalOptions) -> [BundleSource] {
        // As this program was called, so that an archive of a test bed is of that.
        let own = [
            "/proc/self/exe", "--socket", options.socket, "--database", options.database, "--timeout",
            "\(options.timeout)",
        ]
        return [
            BundleSource(name: "version.txt") { tool(own + ["version"]) },
            BundleSource(name: "status.json") { tool(own + ["-o", "json", "status"]) },
            BundleSource(name: "members.json") { tool(own + ["-o", "json", "members"]) },
            BundleSource(name: "leases.json") { tool(own + ["-o", "json", "list"]) },
            BundleSource(name: "events.json") { tool(own + ["-o", "json", "events"]) },
            BundleSource(name: "routes.json") { tool(own + ["-o", "json", "routes", "--diff"]) },
            BundleSource(name: "doctor.json") { tool(own + ["-o", "json", "doctor"]) },
            BundleSource(name: "database.json") { tool(own + ["-o", "json", "db", "check"]) },
            BundleSource(name: "configuration.json") { file("/etc/felt/feltd.json") },
            BundleSource(name: "subnet.env") { file("/run/flannel/subnet.env") },
            BundleSource(name: "log.txt") { tool(["journalctl", "--no-pager", "-u", "feltd", "-n", "2000"]) },
            BundleSource(name: "kernel/version.txt") { file("/proc/version") },
            BundleSource(name: "kernel/links.txt") { tool(["ip", "-d", "link", "show"]) },
            BundleSource(name: "kernel/addresses.txt") { tool(["ip", "address", "show"]) },
            BundleSource(name: "kernel/routes.txt") { tool(["ip", "route", "show", "table", "all"]) },
            BundleSource(name: "kernel/rules.txt") { tool(["ip", "rule", "show"]) },
            BundleSource(name: "kernel/neighbours.txt") { tool(["ip", "neigh", "show"]) },
            BundleSource(name: "kernel/fdb.txt") { tool(["bridge", "fdb", "show"]) },
            BundleSource(name: "kernel/firewall.txt") { tool(["nft", "list", "ruleset"]) },
            BundleSource(name: "kernel/snmp.txt") { file("/proc/self/net/snmp") },
            BundleSource(name: "os-release.txt") { file("/etc/os-release") },
        ]
    }

    /// A failure is part of the picture too.
    private static func tool(_ arguments: [String]) -> String {
        ToolOutput.whatever(arguments, limit: 20)
    }

    private static func file(_ path: String) -> String {
        HostFiles().contents(path) ?? "\(path): \(String(cString: strerror(errno)))\n"
    }
}
