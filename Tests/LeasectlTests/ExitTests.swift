import Addressing
import Glibc
import LeaseLedger
import LeaseStore
import TestSupport
import Testing

@testable import ControlAPI

@Suite struct ExitTests {
    private static let nowhere = ["--socket", "/tmp/felt-none/feltd.sock", "--database", "/tmp/felt-none/felt.db"]

    @Test(arguments: [
        ["list"], ["get", "a"], ["members"], ["status"], ["watch"], ["token"], ["explain", "a"], ["events"],
    ])
    func `with neither daemon nor database the daemon is said to be unreachable`(command: [String]) throws {
        let run = try LeasectlRun(command + Self.nowhere)
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(run.errors.contains("feltd is not running"))
    }

    @Test(arguments: [
        ["frobnicate"], ["list", "--frob"], ["list", "surplus"], ["get"], ["get", "10.244.1.7/24"],
        ["list", "-o", "xml"],
        ["list", "--timeout", "0"], ["list", "--timeout", "nan"], ["-o", "xml", "list"],
    ])
    func `wrong usage is 64, and said`(command: [String]) throws {
        let feltd = try Sample.feltd()
        let run = try LeasectlRun(command, environment: ["LEASECTL_SOCKET": feltd.path])
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(!run.errors.isEmpty)
    }

    @Test(arguments: [
        ["--socket", "PATH", "-o", "name", "list"], ["list", "--socket=PATH", "-oname"],
        ["-oname", "list", "--socket=PATH"],
    ])
    func `options are taken before and behind the command`(command: [String]) throws {
        let feltd = try Sample.feltd()
        let run = try LeasectlRun(command.map { $0.replacing("PATH", with: feltd.path) })
        #expect(run.output == "10.244.1.0/24\n10.244.200.0/24\n", "\(run.errors)")
        #expect(run.status == 0)
    }

    @Test(
        arguments: [
            ("notFound", 4), ("conflict", 5), ("unhealthy", 5), ("poolExhausted", 6), ("badRequest", 64),
            ("unavailable", 3),
            ("timedOut", 124), ("unknownMethod", 1), ("novel", 1),
        ] as [(String, Int32)])
    func `what the daemon refuses has its status and its words`(code: String, status: Int32) throws {
        let feltd = try FakeFeltd(["token": [#""error":{"code":"\#(code)","message":"because"}"#]])
        let run = try LeasectlRun(["token", "--socket", feltd.path])
        #expect(run.status == status)
        #expect(run.errors == "leasectl: because\n")
    }

    @Test func `a lease that is not there is 4`() throws {
        let feltd = try Sample.feltd()
        #expect(try LeasectlRun(["get", "gamma", "--socket", feltd.path]).status == 4)
        #expect(try LeasectlRun(["get", "10.244.1.9", "--socket", feltd.path]).status == 0)
    }

    @Test(arguments: ["list", "watch"]) func `a daemon that does not answer in time is 124`(command: String) throws {
        let feltd = try FakeFeltd([:])
        let run = try LeasectlRun([command, "--timeout", "0.05", "--socket", feltd.path])
        #expect(run.status == 124)
        #expect(run.errors.contains("did not answer within 0.05 s"))
    }

    @Test(arguments: [#""inSync":true"#, #""ready":true"#])
    func `a node that is not well is shown, and is 5`(what: String) throws {
        let ill = Sample.status.replacing(what, with: what.replacing("true", with: "false"))
        let feltd = try FakeFeltd(["status": [#""result":\#(ill)"#]])
        let run = try LeasectlRun(["status", "-o", "jsonl", "--socket", feltd.path])
        #expect(run.status == 5)
        #expect(run.output == ill + "\n")
    }

    @Test(arguments: ["list", "watch", "status"]) func `a closed pipe ends it quietly`(command: String) throws {
        let feltd = try Sample.feltd()
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        close(ends[0])
        defer { close(ends[1]) }
        let run = try LeasectlRun([command, "--socket", feltd.path], output: ends[1])
        #expect(run.status == 0)
        #expect(!run.errors.contains("rror"))
    }

    @Test func `with the daemon down leases and members come from the database`() throws {
        let fill = { (store: LeaseStore) in
            let own = try storedRecord(2, on: 2, tenure: 3)
            try store.commitOwn(
                OwnState(nodeID: own.nodeID, sequenceReserved: 9, record: own, claim: own.claim, tenureSeconds: 61))
            try store.writePeers(upserts: [
                StoredPeer(record: try storedRecord(1, on: 1, tenure: 3)),
                StoredPeer(record: try storedRecord(3, on: 3, tenure: 3)),
            ])
        }
        try withStore(fill) { directory, arguments in
            let list = try LeasectlRun(["list"] + arguments)
            #expect(list.status == 0)
            #expect(list.errors == "leasectl: feltd is not running; from \(directory)/felt.db\n")
            #expect(
                list.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") } == [
                    "SUBNET NODE STATE ENDPOINT AGE", "10.244.1.0/24 node-1 unreachable 192.168.0.1 8s",
                    "10.244.2.0/24* node-2 unreachable 192.168.0.2 61s",
                    "10.244.3.0/24 node-3 unreachable 192.168.0.3 8s",
                ])
            #expect(try LeasectlRun(["get", "node-3", "-o", "name"] + arguments).output == "10.244.3.0/24\n")
            #expect(try LeasectlRun(["get", "node-4"] + arguments).status == 4)
            #expect(try LeasectlRun(["members", "-o", "name"] + arguments).output == "node-1\nnode-2\nnode-3\n")
        }
    }
}
