internal import Glibc
import Testing

/// One start that must fail: what is given, and what the one line on standard error must name.
struct BadStart: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    /// Files made before, by their name in the node's folder; "@name" in the arguments becomes their path.
    var files: [String: String] = [:]
    var modes: [String: UInt32] = [:]
    var status: Int32 = 64
    var words: [String]

    var testDescription: String { name }
}

extension Integration {
    @Suite(.serialized) struct BadInputTests {
        static let starts: [BadStart] = [
            BadStart(
                name: "host bits", arguments: ["--network", "10.244.0.1/16"],
                words: ["--network", "host bits", "10.244.0.0/16"]),
            BadStart(name: "not a network", arguments: ["--network", "ten"], words: ["--network", "ten"]),
            BadStart(name: "subnet length", arguments: ["--subnet-len", "31"], words: ["--subnet-len", "31"]),
            BadStart(
                name: "subnet length for the network", arguments: ["--network", "10.0.0.0/24", "--subnet-len", "25"],
                words: ["--subnet-len", "26"]),
            BadStart(
                name: "minimum above maximum", arguments: ["--subnet-min", "10.244.9.0", "--subnet-max", "10.244.3.0"],
                words: ["--subnet-min", "10.244.9.0", "10.244.3.0"]),
            BadStart(
                name: "unaligned minimum", arguments: ["--subnet-min", "10.244.9.7"],
                words: ["--subnet-min", "10.244.9.7"]),
            BadStart(name: "unknown flag", arguments: ["--nonsense"], words: ["nonsense"]),
            BadStart(name: "unknown environment", environment: ["FELTD_NONSENSE": "1"], words: ["FELTD_NONSENSE"]),
            BadStart(
                name: "unknown key in --config", arguments: ["--config", "@config.json"],
                files: ["config.json": #"{"netwrok": "10.0.0.0/8"}"#], words: ["netwrok", "config.json"]),
            BadStart(
                name: "unknown key in --net-conf", arguments: ["--net-conf", "@net-conf.json"],
                files: ["net-conf.json": #"{"Network": "10.0.0.0/8", "Subnetlength": 24}"#],
                words: ["Subnetlength", "net-conf.json"]),
            BadStart(
                name: "net-conf is not JSON", arguments: ["--net-conf", "@net-conf.json"],
                files: ["net-conf.json": "{"],
                words: ["net-conf.json", "JSON"]),
            BadStart(
                name: "net-conf missing", arguments: ["--net-conf", "/nowhere/net-conf.json"],
                words: ["/nowhere/net-conf.json"]),
            BadStart(name: "VNI", arguments: ["--vni", "16777216"], words: ["--vni", "16777215"]),
            BadStart(name: "port 0", arguments: ["--vxlan-port", "0"], words: ["--vxlan-port", "65535"]),
            BadStart(name: "port 70000", arguments: ["--bind", "0.0.0.0:70000"], words: ["--bind", "70000"]),
            BadStart(name: "MTU too small", arguments: ["--mtu", "500"], words: ["--mtu", "576"]),
            BadStart(name: "backend", arguments: ["--backend", "ipip"], words: ["--backend", "ipip", "vxlan"]),
            BadStart(name: "environment value", environment: ["FELTD_VNI": "x"], words: ["FELTD_VNI"]),
            BadStart(
                name: "key file missing", arguments: ["--key-file", "/nowhere/key"],
                words: ["--key-file", "/nowhere/key"]),
            BadStart(
                name: "key file open to all", arguments: ["--key-file", "@key"],
                files: ["key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"], modes: ["key": 0o644],
                words: ["--key-file", "chmod 600"]),
            BadStart(
                name: "key of the wrong length", arguments: ["--key-file", "@key"], files: ["key": "AAAA\n"],
                words: ["--key-file", "line 1", "32"]),
            BadStart(
                name: "key not base64", arguments: ["--key-file", "@key"], files: ["key": "not base64!\n"],
                words: ["--key-file", "line 1", "base64"]),
            BadStart(
                name: "key file empty", arguments: ["--key-file", "@key"], files: ["key": "\n"],
                words: ["--key-file", "no key"]),
            BadStart(
                name: "interface missing", arguments: ["--iface", "eth9"], status: 1,
                words: ["--iface", "eth9", "eth0"]),
            BadStart(
                name: "state directory is a file", environment: ["FELTD_STATE_DIR": "@file"], files: ["file": ""],
                status: 1,
                words: ["file", "--state-dir"]),
            BadStart(
                name: "host-gw with a foreign public address",
                arguments: ["--backend", "host-gw", "--public-ip", "203.0.113.9"],
                words: ["--public-ip", "203.0.113.9", "192.168.50.1"]),
            BadStart(
                name: "join without a key", arguments: ["--join", "192.168.50.9"], words: ["--join", "--key-file"]),
            BadStart(
                name: "damaged token",
                arguments: ["--join", "felt1-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
                words: ["--join", "token"]),
        ]

        @Test(arguments: starts) func `a bad start ends with one line that names the input, and leaves nothing`(
            start: BadStart
        ) async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                for (name, text) in start.files {
                    try writeText(text, to: "\(node.folder)/\(name)", mode: mode_t(start.modes[name] ?? 0o600))
                }
                let given = start.arguments.map { $0.hasPrefix("@") ? "\(node.folder)/\($0.dropFirst())" : $0 }
                var environment = [
                    "FELTD_STATE_DIR": node.stateFolder, "FELTD_RUN_DIR": node.runFolder,
                    "FELTD_SUBNET_FILE": node.subnetFile,
                ]
                for (key, value) in start.environment {
                    environment[key] = value.hasPrefix("@") ? "\(node.folder)/\(value.dropFirst())" : value
                }
                let run = try node.runFeltd(given, environment: environment)
                #expect(run.status == .exited(start.status), "\(run.report)")
                let lines = run.errors.split(separator: "\n")
                let message = lines.first { line in start.words.allSatisfy { line.contains($0) } }
                #expect(message != nil, "no line has \(start.words): \(run.errors)")
                if start.name != "unknown flag" { #expect(lines.count <= 2, "\(run.errors)") }
                #expect(!fileExists(node.subnetFile) && !fileExists("\(node.runFolder)/feltd.sock"))
                #expect(try !KernelState.hasDevice("flannel.1", in: node.namespace))
                #expect(try KernelState(observing: node).routes == [])
            }
        }

        @Test func `a second feltd on one state directory or one port is refused, and the first goes on`() async throws
        {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                try node.start()
                try await node.waitReady()
                let same = try node.runFeltd(node.feltdArguments)
                #expect(same.status == .exited(1) && same.errors.contains("in use"), "\(same.report)")
                let other = ["--state-dir", "\(node.folder)/other", "--run-dir", "\(node.folder)/other-run"]
                let port = try node.runFeltd(
                    other + ["--key-file", lab.keyFile, "--subnet-file", "\(node.folder)/other.env"])
                #expect(port.status == .exited(1) && port.errors.contains("address in use"), "\(port.report)")
                #expect(try node.leasectl.status().ready)
            }
        }

        @Test func `a database that is none, or of a newer release, is refused and left as it is`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                try makeFolder(node.stateFolder)
                try writeText("this is not a database, dear feltd\n", to: "\(node.stateFolder)/felt.db")
                let text = try node.runFeltd(node.feltdArguments)
                #expect(text.status == .exited(1) && text.errors.contains("not a SQLite database"), "\(text.report)")
                try node.wipe()
                try node.start()
                try await node.waitReady()
                try node.stop()
                try Command.mustRun(["sqlite3", "\(node.stateFolder)/felt.db", "PRAGMA user_version = 99"])
                let newer = try node.runFeltd(node.feltdArguments)
                #expect(newer.status == .exited(1) && newer.errors.contains("99"), "\(newer.report)")
            }
        }

        @Test func `without CAP_NET_ADMIN feltd says what it needs`() async throws {
            try await Lab.with(nodes: 1) { lab in
                let node = lab.nodes[0]
                let run = try node.runFeltd(
                    node.feltdArguments,
                    wrapper: ["setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin"])
                #expect(run.status == .exited(1) && run.errors.contains("CAP_NET_ADMIN"), "\(run.report)")
            }
        }
    }
}
