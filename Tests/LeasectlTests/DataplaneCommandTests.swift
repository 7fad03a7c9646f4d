import TestSupport
import Testing

@Suite struct DataplaneCommandTests {
    /// A device that no machine has, so that the kernel of whoever runs the tests has nothing of it.
    private static let dataplane =
        #""result":{"network":"10.244.0.0/16","backend":"vxlan","ownSubnet":"10.244.1.0/24","#
        + #""underlay":{"name":"felt-none1","index":99999,"address":"192.0.2.1","mtu":1500},"#
        + #""device":{"name":"felt-none0","vni":1,"port":8472,"mac":"62:77:9a:41:db:05","mtu":1450,"learning":false,"#
        + #""gbp":false,"udpChecksum":true},"address":"10.244.1.0","routes":[{"subnet":"10.244.200.0/24","#
        + #""via":"10.244.200.0","device":"felt-none0","metric":0}],"neighbours":[{"address":"10.244.200.0","#
        + #""mac":"02:00:00:00:00:02"}],"forwarding":[{"mac":"02:00:00:00:00:02","destination":"192.0.2.200"}],"#
        + #""skipped":[]}"#

    private func feltd() throws -> FakeFeltd {
        try FakeFeltd([
            "list": [#""result":[\#(Sample.alpha),\#(Sample.hostile)]"#], "dataplane": [Self.dataplane],
        ])
    }

    @Test func `trace names the owner and every step, safe for a terminal, and exits 5 when one is wrong`() throws {
        let feltd = try feltd()
        let json = try LeasectlRun(["--socket", feltd.path, "-o", "json", "trace", "10.244.200.7"])
        #expect(json.status == 5 && json.errors == "", "\(json.errors)")
        for part in [
            #""address": "10.244.200.7""#, #""subnet": "10.244.200.0/24""#, #""name": "route""#,
            #""expected": "10.244.200.0/24 via 10.244.200.0 dev felt-none0 onlink""#, #""name": "neighbour""#,
            #""name": "fdb""#, #""name": "underlay""#, #""ok": false"#, #""problem": "there is no device felt-none0""#,
        ] { #expect(json.output.contains(part), "\(part) is not in \(json.output)") }
        let table = try LeasectlRun(["--socket", feltd.path, "trace", "10.244.200.7"])
        #expect(table.status == 5 && !table.output.contains("\u{1B}") && table.output.contains("WRONG"))
    }

    @Test func `an address that nobody holds is not found, and what is no address is a mistake`() throws {
        let feltd = try feltd()
        let unowned = try LeasectlRun(["--socket", feltd.path, "trace", "10.244.7.7"])
        #expect(unowned.status == 4 && unowned.output.contains("nobody holds it"))
        for text in ["10.244.7", "alpha", "10.244.7.0/24", "fd00::1", ""] {
            #expect(try LeasectlRun(["--socket", feltd.path, "trace", text]).status == 64, "\(text)")
        }
    }

    @Test func `routes shows what is missing, and --diff exits 5 for it`() throws {
        let feltd = try feltd()
        let routes = try LeasectlRun(["--socket", feltd.path, "routes"])
        #expect(routes.status == 0 && routes.output.contains("10.244.200.0/24"))
        #expect(routes.output.contains("missing"))
        let diff = try LeasectlRun(["--socket", feltd.path, "-o", "jsonl", "routes", "--diff"])
        let lines = diff.output.split(separator: "\n")
        #expect(diff.status == 5 && lines.allSatisfy { $0.contains(#""ok":false"#) })
        for kind in ["device", "address", "route", "neighbour", "fdb"] {
            #expect(lines.contains { $0.contains(#""kind":"\#(kind)""#) }, "\(kind) is not in \(diff.output)")
        }
    }

    @Test func `cleanup refuses while feltd answers, and names what to stop`() throws {
        let feltd = try feltd()
        for arguments in [["cleanup"], ["cleanup", "--dry-run"]] {
            let run = try LeasectlRun(["--socket", feltd.path] + arguments)
            #expect(run.status == 5 && run.output == "")
            #expect(run.errors.contains(feltd.path) && run.errors.contains("stop it first"), "\(run.errors)")
        }
    }

    @Test func `without a daemon and a database trace and routes say that the daemon is missing`() throws {
        let nowhere = ["--socket", "/nonexistent/feltd.sock", "--database", "/nonexistent/felt.db"]
        for arguments in [["trace", "10.244.7.7"], ["routes", "--diff"]] {
            #expect(try LeasectlRun(nowhere + arguments).status == 3)
        }
    }
}
