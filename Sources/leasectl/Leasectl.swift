import ArgumentParser
internal import ControlAPI
internal import Glibc

/// Shows and operates the leases of a Felt cluster.
@main struct Leasectl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "leasectl", abstract: "Inspect and operate the subnet leases of a Felt cluster.",
        discussion: """
            Reading works with the daemon down too: then the database is read.

            Exit status: 0 done, 1 failure, 3 daemon unreachable, 4 not found, 5 conflict or unhealthy, 6 pool exhausted, \
            64 usage, 124 timed out.

            Example: leasectl list -o wide
            """,
        version: ControlProtocol.release,
        subcommands: [
            List.self, Get.self, Members.self, ShowStatus.self, Doctor.self, GraphCommand.self, Top.self, Bundle.self,
            Trace.self, Routes.self, Watch.self,
            Explain.self,
            Events.self, Reserve.self, Release.self, Revoke.self, Drain.self, Leave.self, NodeCommand.self, Token.self,
            Key.self, BackupCommand.self, ExportCommand.self, ImportCommand.self, DatabaseCommand.self, Cleanup.self,
            DockerOptionsCommand.self, Version.self,
        ],
        defaultSubcommand: nil)

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot(GlobalArguments.moved(Array(CommandLine.arguments.dropFirst())))
            try command.run()
        } catch  where !(error is ExitCode) && exitCode(for: error) == .validationFailure {
            // What was wrong is quoted, and may be hostile.
            let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
            Console.complain(lines.map { Console.shown(String($0)) }.joined(separator: "\n") + "\n")
            Glibc.exit(Status.usage)
        } catch {
            exit(withError: error)
        }
    }
}

/// The contract writes the options before the command, people write them behind it; both are understood by moving those
/// before the command behind it.
enum GlobalArguments {
    private static let valued = ["--socket", "--database", "-o", "--output", "--timeout"]
    private static let plain = ["--no-headers", "-w", "--wide"]
    private static let groups = ["db", "key", "node"]

    static func moved(_ arguments: [String]) -> [String] {
        var options: [String] = []
        var rest = arguments[...]
        while let first = rest.first {
            if valued.contains(first), rest.count >= 2 {
                options += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if plain.contains(first) || valued.contains(where: { first.hasPrefix($0 + "=") })
                || (first.hasPrefix("-o") && first.count > 2)
            {
                options.append(first)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        guard let command = rest.first, !command.hasPrefix("-") else { return arguments }
        // `key list` and the like are commands of two words.
        let words = groups.contains(command) && rest.dropFirst().first?.hasPrefix("-") == false ? 2 : 1
        return rest.prefix(words) + options + rest.dropFirst(words)
    }
}
