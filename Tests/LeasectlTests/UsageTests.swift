import ArgumentParser
import Glibc
import TestSupport
import Testing

@testable import leasectl

/// Every subcommand with wrong, missing, surplus and hostile arguments.
@Suite struct UsageTests {
    /// Each command and arguments that fit it.
    static let commands: [(words: [String], arguments: [String])] = [
        (["list"], []), (["get"], ["alpha"]), (["members"], []), (["status"], []), (["doctor"], []), (["graph"], []),
        (["top"], []), (["bundle"], ["/tmp/felt-none/bundle.tar"]), (["trace"], ["10.244.1.9"]), (["routes"], []),
        (["watch"], []), (["explain"], ["alpha"]), (["events"], []), (["reserve"], ["alpha", "10.244.9.0/24"]),
        (["release"], ["alpha"]), (["revoke"], ["alpha"]), (["drain"], ["alpha"]), (["leave"], []),
        (["node", "replace"], ["alpha", "beta"]), (["node", "forget"], ["alpha"]), (["node", "ban"], ["alpha"]),
        (["token"], []), (["key", "list"], []), (["key", "add"], ["-"]), (["key", "use"], ["b53ae5d6"]),
        (["key", "remove"], ["b53ae5d6"]), (["backup"], ["/tmp/felt-none/copy.db"]), (["export"], ["/tmp/felt-none/x"]),
        (["import"], ["/tmp/felt-none/x"]), (["db", "check"], []), (["cleanup"], []), (["docker-opts"], []),
        (["version"], []),
    ]

    private static func run(_ arguments: [String]) throws -> LeasectlRun {
        try LeasectlRun(
            arguments,
            environment: [
                "LEASECTL_SOCKET": "/tmp/felt-none/feltd.sock", "LEASECTL_DATABASE": "/tmp/felt-none/felt.db",
            ])
    }

    private static func isUsageError(_ run: LeasectlRun, _ arguments: [String]) {
        #expect(run.status == 64, "\(arguments): \(run)")
        #expect(run.output == "", "\(arguments): \(run)")
        #expect(run.errors.hasPrefix("Error: ") || run.errors.hasPrefix("leasectl: "), "\(arguments): \(run)")
        #expect(!run.errors.contains("Fatal"), "\(arguments): \(run)")
    }

    @Test func `the list has every command that there is`() {
        var found: [String] = []
        for command in Leasectl.configuration.subcommands {
            let inner = command.configuration.subcommands
            let name = command._commandName
            found += inner.isEmpty ? [name] : inner.map { "\(name) \($0._commandName)" }
        }
        #expect(Set(found) == Set(Self.commands.map { $0.words.joined(separator: " ") }))
    }

    /// They look, and change nothing.
    private static let reading: Set = [
        "list", "get", "members", "status", "graph", "top", "trace", "routes", "watch", "explain", "events", "token",
        "key list", "db check", "version",
    ]
    /// What they begin, others finish.
    private static let waiting: Set = [
        "reserve", "release", "revoke", "drain", "leave", "node replace", "node forget", "key add", "key use",
        "key remove",
    ]

    @Test(arguments: commands.indices)
    func `whatever changes something has --dry-run, and what takes a while --wait and --timeout`(index: Int) throws {
        let words = Self.commands[index].words
        let name = words.joined(separator: " ")
        let help = try Self.run(words + ["--help"]).output
        #expect(help.contains("--dry-run") == !Self.reading.contains(name), "\(help)")
        #expect(help.contains("--wait") == Self.waiting.contains(name), "\(help)")
        #expect(help.contains("--timeout") || !Self.waiting.contains(name), "\(help)")
    }

    @Test(arguments: commands.indices) func `an unknown option is 64, and said`(index: Int) throws {
        let command = Self.commands[index]
        for wrong in [
            ["--frobnicate"], ["--frobnicate=1"], ["-Z"], ["--timeout"], ["--timeout", "soon"], ["--socket"],
        ] {
            let arguments = command.words + command.arguments + wrong
            if wrong[0].hasPrefix("--timeout") || wrong[0] == "--socket", command.words == ["version"] { continue }
            Self.isUsageError(try Self.run(arguments), arguments)
        }
    }

    @Test(arguments: commands.indices) func `a missing or a surplus argument is 64, and said`(index: Int) throws {
        let command = Self.commands[index]
        let surplus = command.words + command.arguments + Array(repeating: "surplus", count: 3)
        Self.isUsageError(try Self.run(surplus), surplus)
        // These have a default.
        let optional = [["release"], ["drain"], ["bundle"], ["export"]]
        guard !command.arguments.isEmpty, !optional.contains(command.words) else { return }
        let missing = command.words + command.arguments.dropLast()
        Self.isUsageError(try Self.run(missing), missing)
    }

    @Test(arguments: commands.indices) func `what is hostile is answered in a line without control characters`(
        index: Int
    ) throws {
        let command = Self.commands[index]
        let hostile = [
            "\u{1B}[2Jx", "x\u{7}\n\ry", "\u{202E}x", String(repeating: "x", count: 5_000), "", "--", "../x",
        ]
        for word in hostile {
            // They would do it: make the file, take away what is in the kernel.
            let isWriting = [["bundle"], ["cleanup"]].contains(command.words)
            let arguments =
                command.words + (isWriting ? ["--dry-run"] : []) + command.arguments.dropLast() + [word]
            let run = try Self.run(arguments)
            // Behind -- comes nothing, and that is right where nothing is asked of the daemon.
            let isDone = run.status == 0 && (isWriting || (word == "--" && command.words == ["version"]))
            #expect(isDone || [1, 3, 4, 5, 64].contains(run.status), "\(arguments): \(run)")
            let bad = run.errors.unicodeScalars.filter { $0.value < 32 && $0 != "\n" || $0.value == 0x202E }
            #expect(bad.isEmpty, "\(arguments): \(run.errors.debugDescription)")
            #expect(!run.errors.contains("Fatal"), "\(arguments): \(run)")
        }
    }

    @Test(arguments: commands.indices) func `help has an example`(index: Int) throws {
        let command = Self.commands[index]
        let run = try Self.run(command.words + ["--help"])
        #expect(run.status == 0)
        #expect(run.output.replacing("\n", with: " ").contains("Example: "), "\(run.output)")
    }
}
