import ControlAPI
import TestSupport
import Testing

@testable import leasectl

@Suite struct OutputTests {
    private func run(_ arguments: String...) throws -> LeasectlRun {
        let feltd = try Sample.feltd()
        return try LeasectlRun(arguments + ["--socket", feltd.path])
    }

    @Test func `the default table fits 80 columns whatever the names, and marks the own lease`() throws {
        let run = try run("list")
        #expect(
            run.output == """
                SUBNET           NODE                  STATE        ENDPOINT     AGE
                10.244.1.0/24*   alpha                 confirmed    192.0.2.1    2h
                10.244.200.0/24  a\\u{1b}[2Jvery-long…  unreachable  192.0.2.200  3d

                """)
        #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(run.errors == "")
    }

    @Test func `the wide table shortens nothing, and headings can be left out`() throws {
        let wide = try run("list", "-o", "wide", "--no-headers").output
        #expect(wide.contains("name-of-a-node-that-goes-on-and-on"))
        #expect(wide.contains("62:77:9a:41:db:05"))
        #expect(wide.split(separator: "\n").count == 2)
        #expect(!wide.contains("SUBNET"))
    }

    @Test func `json is what the daemon said, in its order`() throws {
        let run = try run("list", "-o", "json")
        let tree = try JSONLine.decode([LeaseInfo].self, from: run.output.utf8)
        #expect(try JSONValue(encoding: tree).line == "[\(Sample.alpha),\(Sample.hostile)]")
        #expect(run.output.hasPrefix("[\n  {\n    \"subnet\": \"10.244.1.0/24\",\n    \"node\": \"alpha\","))
        #expect(try self.run("list", "-o", "jsonl").output == Sample.alpha + "\n" + Sample.hostile + "\n")
        #expect(try self.run("list", "-o", "name").output == "10.244.1.0/24\n10.244.200.0/24\n")
    }

    @Test func `yaml quotes what could be read as something else`() throws {
        #expect(
            try run("get", "alpha", "-o", "yaml").output == """
                subnet: "10.244.1.0/24"
                node: alpha
                nodeID: "0123456789abcdef0123456789abcdef"
                publicIP: "192.0.2.1"
                backend: vxlan
                vtepMAC: "62:77:9a:41:db:05"
                class: confirmed
                liveness: alive
                self: true
                seq: 7
                claimEpoch: 3
                tenureSeconds: 7265
                lastSeenSeconds: 0

                """)
    }

    @Test(arguments: [
        "", "no", "Null", "~", "1", "1e3", "0x1", "-", "- a", "a: b", "a #b", "\u{1B}", "é", "y", ".inf", "=",
    ])
    func `a yaml string that is not plain is quoted as json`(text: String) {
        var quoted = ""
        JSONValue.quote(text, into: &quoted)
        #expect(YAML.text(.string(text)) == quoted + "\n")
        #expect(YAML.text(.array([.string(text)])) == "- " + quoted + "\n")
    }

    @Test func `yaml nests`() {
        let tree = JSONValue.object([
            .init("a", .array([.object([.init("b", .number(1)), .init("c", .array([]))]), .array([.null])])),
            .init("d", .object([.init("e", .object([]))])),
        ])
        #expect(YAML.text(tree) == "a:\n  - b: 1\n    c: []\n  - - null\nd:\n  e: {}\n")
    }

    @Test func `a watcher sees events on one line, hostile text escaped`() throws {
        let run = try run("watch")
        #expect(run.output == "lost               10.244.1.0/24       alpha            lost to beta\\u{1b}[1m\n")
        #expect(run.status == 3)
        #expect(try self.run("watch", "-o", "json").output == Sample.event + "\n")
    }

    @Test func `members, status, token and version are shown`() throws {
        #expect(try run("members").output.contains("alpha  alive  192.0.2.1:8473  0.25ms  0.1.0"))
        #expect(try run("status").output.hasPrefix("Node        alpha (01234567)\n"))
        #expect(try run("token").output == "felt1-secret\n")
        #expect(try run("token", "-o", "json").output == "{\n  \"token\": \"felt1-secret\"\n}\n")
        #expect(try run("version").output == "leasectl \(ControlProtocol.release)\nfeltd 9.9.9\n")
    }

    @Test(arguments: [
        (0, "0s"), (-5, "0s"), (119, "119s"), (120, "2m"), (7_200, "2h"), (172_800, "2d"), (.max, "106751991167300d"),
    ])
    func `an age is short`(seconds: Int, text: String) {
        #expect(shortAge(seconds) == text)
    }

    @Test func `wide characters count as the two columns they take`() {
        #expect(TextWidth.of("a世界") == 5)
        #expect(TextWidth.cut("世界世界", 5) == "世界…")
        #expect(TextWidth.cut("世界世界", 4) == "世…")
        #expect(TextWidth.padded("世", 4) == "世  ")
    }
}
