import ArgumentParser
internal import ControlAPI
internal import FoundationEssentials

/// Options of every command.
struct GlobalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's control socket.", valueName: "path"))
    var socket = environment("LEASECTL_SOCKET") ?? "/run/felt/feltd.sock"
    @Option(help: ArgumentHelp("The database to read while the daemon is down.", valueName: "path"))
    var database = environment("LEASECTL_DATABASE") ?? "/var/lib/felt/felt.db"
    @Option(
        name: [.customShort("o", allowingJoined: true), .customLong("output")],
        help: ArgumentHelp("table, wide, json, jsonl, yaml or name.", valueName: "format"))
    var format = OutputFormat.table
    @Flag(name: [.customShort("w"), .long], help: "All columns: the same as -o wide.")
    var wide = false
    @Flag(help: "Leave the table's heading out.")
    var noHeaders = false
    @Option(help: ArgumentHelp("Seconds to wait for an answer.", valueName: "seconds"))
    var timeout = 5.0

    func validate() throws {
        guard timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout must be above 0 and at most 86400")
        }
    }

    var output: OutputFormat { wide && format == .table ? .wide : format }

    static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func connect() throws(ControlClientError) -> ControlClient { try ControlClient(path: socket, timeout: timeout) }
}
