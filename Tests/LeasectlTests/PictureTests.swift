import Documents
import Glibc
import TestSupport
import Testing

@testable import ControlAPI
@testable import leasectl

/// graph, top, bundle and what a shell completes.
@Suite struct PictureTests {
    @Test(arguments: ["dot", "mermaid", "svg"]) func `graph draws every node, hostile names harmless`(format: String)
        throws
    {
        let feltd = try Sample.feltd()
        let run = try LeasectlRun(["-o", format, "graph", "--socket", feltd.path])
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains("alpha") && run.output.contains("10.244.200.0/24"), "\(run)")
        #expect(!run.output.contains("\u{1B}"))
        #expect(format != "svg" || run.output.hasSuffix("</svg>\n"))
    }

    @Test func `names do not leave their quotes`() throws {
        let member = MemberInfo(
            node: "a\"];<b>&\\", nodeID: "1", address: "192.0.2.1:8473", liveness: .alive, incarnation: 1, version: "")
        let graph = ClusterGraph(leases: [], members: [member])
        #expect(graph.dot.contains(#"a\"];<b>&\\\\"#) || graph.dot.contains(#"a\"];<b>&\\"#))
        #expect(graph.mermaid.contains("a&quot;];&lt;b&gt;&amp;"))
        #expect(GraphPicture(graph).svg.contains("a&quot;];&lt;b&gt;&amp;"))
    }

    @Test func `top shows one screen, and needs a terminal for more`() throws {
        let feltd = try Sample.feltd()
        let once = try LeasectlRun(["top", "--once", "--socket", feltd.path, "--timeout", "0.3"])
        #expect(once.output.contains("alpha") && !once.output.contains("\u{1B}"), "\(once)")
        let live = try LeasectlRun(["top", "--socket", feltd.path])
        #expect(live.status == 64 && live.errors.contains("needs a terminal"), "\(live)")
    }

    @Test(arguments: [(20, 5), (80, 24), (200, 60)]) func `a screen fits`(width: Int, height: Int) {
        var look = TopFeed.Look(seconds: 1)
        look.members = (0..<200).map {
            MemberInfo(
                node: "node-\u{1B}\($0)", nodeID: "\($0)", address: "192.0.2.1:8473",
                liveness: $0 % 3 == 0 ? .suspect : .alive, incarnation: 1, version: "")
        }
        let frame = TopFrame(look, before: nil, width: width, height: height, styled: false)
        #expect(frame.lines.count <= height)
        #expect(frame.lines.allSatisfy { TextWidth.of($0) <= width && !$0.contains("\u{1B}") })
    }

    @Test func `a bundle has no secret, and is not written over a file`() throws {
        let feltd = try Sample.feltd()
        let file = "/tmp/felt-bundle-\(getpid())-\(UInt64.random(in: 0 ... .max)).tar"
        defer { unlink(file) }
        let place = ["--socket", feltd.path, "--database", "/tmp/felt-none/felt.db", "--timeout", "0.2"]
        let made = try LeasectlRun(["bundle", file] + place)
        #expect(made.status == 0, "\(made)")
        #expect(try LeasectlRun(["bundle", file] + place).status == 5)
        #expect(try LeasectlRun(["bundle", "--dry-run", file + "2"] + place).output.contains("kernel/routes.txt"))
        let bytes = try DocumentFile.read(file)
        #expect(bytes.count.isMultiple(of: 512))
        #expect(!String(decoding: bytes, as: UTF8.self).contains("felt1-secret"))
    }

    @Test(
        arguments: [
            ("token felt1-AbC_d-9 end", "token [left out] end"),
            ("key=3q2+7w0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=,", "[left out],"),
            ("\(String(repeating: "0123456789abcdef", count: 4))\n", "[left out]\n"),
            ("\"privateKey\": \"short\"", "[left out]"),
            ("nodeID 0123456789abcdef0123456789abcdef", "nodeID 0123456789abcdef0123456789abcdef"),
            ("/usr/lib/systemd/system/systemd-networkd.service.d/A1b2-and-more.conf", nil),
        ] as [(String, String?)])
    func `what looks like a secret is left out`(text: String, expected: String?) {
        #expect(Redaction.of(text) == expected ?? text)
    }

    @Test func `a shell completes names and subnets of the live daemon`() throws {
        let feltd = try Sample.feltd()
        let environment = ["LEASECTL_SOCKET": feltd.path, "SAP_SHELL": "bash", "SAP_SHELL_VERSION": "5"]
        let run = try LeasectlRun(
            ["---completion", "get", "--", "positional@0", "2", "0", "leasectl", "get", ""], environment: environment)
        #expect(run.output.contains("alpha") && run.output.contains("10.244.1.0/24"), "\(run)")
        #expect(!run.output.contains("\u{1B}"))
    }
}
