import TestSupport
import Testing

@testable import ControlAPI
@testable import leasectl

/// Colour and progress: on a terminal that shows them, and nowhere else.
@Suite struct TerminalTests {
    private static let escape = "\u{1B}"
    private static let terminal = ["TERM": "xterm"]

    private static let ring =
        #"{"cluster":"c","sealing":"0a0b0c0d","keys":[{"id":"0a0b0c0d","seals":true,"holders":2,"missing":[]},"#
        + #"{"id":"b53ae5d6","seals":false,"holders":1,"missing":["beta"]}],"nodes":[{"node":"alpha","nodeID":"1","#
        + #""liveness":"alive","keys":["0a0b0c0d","b53ae5d6"]},{"node":"beta","nodeID":"2","liveness":"alive","#
        + #""keys":["0a0b0c0d"]}]}"#

    private static func feltd() throws -> FakeFeltd {
        try FakeFeltd([
            "list": [#""result":[\#(Sample.alpha),\#(Sample.hostile)]"#], "status": [#""result":\#(Sample.status)"#],
            "members": [#""result":\#(Sample.members)"#], "keyList": [#""result":\#(ring)"#],
            "keyAdd": [#""result":{"id":"b53ae5d6","key":"made-just-now","ring":\#(ring)}"#],
            "keyRemove": [#""error":{"code":"conflict","message":"it seals"}"#],
            "events": [#""result":[\#(Sample.event)]"#],
            "explain": [
                #""result":{"subnet":"10.244.1.0/24","message":"alpha holds it","preferenceCount":1,"preferred":[],"claims":[{"node":"alpha","#
                    + #""nodeID":"0123456789","class":"confirmed","tenure":3,"claimEpoch":1,"liveness":"alive","owns":true,"#
                    + #""revoked":false}]}"#
            ],
            "dataplane": [
                #""result":{"network":"10.244.0.0/16","backend":"alloc","ownSubnet":null,"underlay":{"name":"lo","index":1,"#
                    + #""address":"127.0.0.1","mtu":1500},"routes":[],"neighbours":[],"forwarding":[],"skipped":[]}"#
            ],
            "drain": [
                #""result":{"operation":"drain","node":"alpha","nodeID":"0123456789abcdef0123456789abcdef","state":"pending","#
                    + #""formerSubnet":"10.244.1.0/24","dryRun":false,"message":"alpha moves from \#(long)"}"#
            ],
            "watch": [#""result":{"kind":"watching","message":"from here on"}"#, #""result":\#(Sample.event)"#],
        ])
    }

    /// Wider than a terminal.
    private static let long = String(repeating: "10.244.1.0/24 ", count: 20)

    /// What a terminal would show in the end, without colour.
    private static func plain(_ text: String) -> String {
        var result = ""
        var rest = text.replacing("\r\n", with: "\n")[...]
        while let character = rest.popFirst() {
            guard character == "\u{1B}" else {
                result.append(character)
                continue
            }
            rest = rest.drop { !$0.isLetter }.dropFirst()
        }
        return result
    }

    @Test(arguments: [
        "list", "list -w", "get alpha", "members", "status", "events", "explain alpha", "key list",
        "trace 10.244.200.9", "top --once", "watch",
    ])
    func `a table with states is coloured on a terminal, and says the same words without`(command: String) throws {
        let feltd = try Self.feltd()
        let words = command.split(separator: " ").map(String.init) + ["--socket", feltd.path, "--timeout", "5"]
        let line = ([LeasectlRun.program] + words).joined(separator: " ") + " 2>/dev/null"
        let coloured = try LeasectlRun(onTerminal: line, environment: Self.terminal)
        #expect(coloured.output.contains(Self.escape + "["), "\(coloured)")
        let piped = try LeasectlRun(words, environment: Self.terminal)
        #expect(!piped.output.contains(Self.escape), "\(piped)")
        #expect(Self.plain(coloured.output) == piped.output, "\(coloured)")
        let nowhere: [[String: String]] = [
            ["TERM": "xterm", "NO_COLOR": "1"], ["TERM": "dumb"], ["TERM": ""], [:],
        ]
        for environment in nowhere {
            let run = try LeasectlRun(onTerminal: line, environment: environment)
            #expect(!run.output.contains(Self.escape), "\(environment): \(run)")
        }
        let intoPipe = try LeasectlRun(onTerminal: "(\(line)) | cat", environment: Self.terminal)
        #expect(!intoPipe.output.contains(Self.escape), "\(intoPipe)")
    }

    @Test(arguments: ["json", "jsonl", "yaml", "name"])
    func `what programs read is never coloured`(format: String) throws {
        let feltd = try Self.feltd()
        for command in ["list", "members", "status", "events", "key list"] {
            let line = "\(LeasectlRun.program) \(command) -o \(format) --socket \(feltd.path)"
            let run = try LeasectlRun(onTerminal: line, environment: Self.terminal)
            #expect(!run.output.contains(Self.escape), "\(run)")
        }
    }

    @Test func `an empty NO_COLOR forbids nothing`() throws {
        let feltd = try Self.feltd()
        let line = "\(LeasectlRun.program) list --socket \(feltd.path)"
        let run = try LeasectlRun(onTerminal: line, environment: ["TERM": "xterm", "NO_COLOR": ""])
        #expect(run.output.contains(Self.escape), "\(run)")
    }

    @Test(arguments: ["drain alpha --wait", "key use b53ae5d6 --wait", "key add --generate --wait"])
    func `waiting is said on a terminal in one line that is taken back, and nowhere else`(command: String) throws {
        let feltd = try Self.feltd()
        let line = "\(LeasectlRun.program) \(command) --timeout 1 --socket \(feltd.path)"
        let shown = try LeasectlRun(onTerminal: line + " >/dev/null", environment: Self.terminal)
        #expect(shown.status == 124, "\(shown)")
        let erased = "\r\(Self.escape)[K"
        #expect(shown.output.hasPrefix("\(erased)0 of 1 s: "), "\(shown.output.debugDescription)")
        let parts = shown.output.split(separator: erased)
        #expect(parts.count >= 2 && parts.last?.hasPrefix("leasectl: after 1.0 s") == true, "\(parts)")
        #expect(parts.dropLast().allSatisfy { TextWidth.of(String($0)) < 80 && $0.hasSuffix(" …") }, "\(parts)")
        for silent in [
            try LeasectlRun(onTerminal: "\(line) 2>&1 >/dev/null | cat", environment: Self.terminal),
            try LeasectlRun(onTerminal: line + " >/dev/null", environment: ["TERM": "dumb"]),
        ] {
            #expect(!silent.output.contains(Self.escape) && !silent.output.contains("0 of 1"), "\(silent)")
            #expect(silent.output.contains("leasectl: after 1.0 s"), "\(silent)")
        }
    }

    @Test func `a key is waited for, and one that was made is shown although others do not have it in time`() throws {
        let feltd = try Self.feltd()
        func run(_ arguments: String...) throws -> LeasectlRun {
            try LeasectlRun(["key"] + arguments + ["--socket", feltd.path, "--timeout", "0.3"])
        }
        let added = try run("add", "--generate", "--wait")
        #expect(added.status == 124 && added.output == "made-just-now\n", "\(added)")
        #expect(added.errors.contains("key b53ae5d6 is not yet at beta"), "\(added)")
        #expect(try run("add", "--generate").status == 0)
        let used = try run("use", "B53AE5D6", "--wait")
        #expect(used.status == 124 && used.errors.contains("key b53ae5d6 is not yet at beta"), "\(used)")
        let unknown = try run("use", "01234567", "--wait")
        #expect(unknown.status == 4 && unknown.errors.contains("there is no key"), "\(unknown)")
        let sealing = try run("remove", "0a0b0c0d", "--wait")
        #expect(sealing.status == 5 && sealing.errors.contains("it seals"), "\(sealing)")
    }

    @Test func `a dry run of a change of keys is a sentence, or JSON`() throws {
        let feltd = try Self.feltd()
        func run(_ arguments: String...) throws -> LeasectlRun {
            try LeasectlRun(["key"] + arguments + ["--dry-run", "--socket", feltd.path])
        }
        #expect(try run("use", "b53ae5d6").output == "would: let it seal, key b53ae5d6; beta lack it\n")
        let json = try run("remove", "b53ae5d6", "-o", "jsonl")
        #expect(
            json.output == #"{"dryRun":true,"action":"remove","key":"b53ae5d6","missing":["beta"]}"# + "\n", "\(json)")
        #expect(try run("add", "--generate").output.hasPrefix("would: give a new key to 2 nodes"))
        #expect(try run("remove", "01234567").status == 4)
    }
}
