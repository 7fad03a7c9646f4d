import Addressing
import Glibc
import Logging
import Testing

@testable import Agent

@Suite struct ConfigurationFileTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `the keys of a configuration file are the flags' names, and values have JSON's types`() throws {
        let path = try scratch.file(
            "c.json",
            """
            {"network": "10.5.0.0/16", "subnet-len": 26, "direct-routing": true, "ip-masq": false, "join": ["a", "b"],
             "iface": "eth0", "join-timeout": 2.5, "log-level": "error"}
            """)
        let configuration = try configure(config: path)
        #expect(configuration.request.network?.description == "10.5.0.0/16")
        #expect(configuration.request.subnetLength == 26 && configuration.request.directRouting == true)
        #expect(configuration.joins.count == 2 && configuration.interfaces == ["eth0"])
        #expect(configuration.joinTimeout == .milliseconds(2500) && configuration.logLevel == .error)
    }

    @Test(arguments: [
        (#"{"netwrok": "10.0.0.0/8"}"#, "netwrok"), (#"{"Network": "10.0.0.0/8"}"#, "Network"),
        (#"{"config": "x"}"#, "config"), (#"{"--vni": 1}"#, "--vni"), (#"{"vni": "1"}"#, "whole number"),
        (#"{"vni": 1.5}"#, "whole number"), (#"{"vni": true}"#, "whole number"), (#"{"vni": null}"#, "vni"),
        (#"{"vni": 16777216}"#, "16777215"), (#"{"vni": 1e30}"#, "whole number"), (#"{"name": 7}"#, "text"),
        (#"{"insecure": "true"}"#, "true or false"), (#"{"insecure": 1}"#, "true or false"),
        (#"{"join": []}"#, "list"), (#"{"join": [1]}"#, "list"), (#"{"join": [["a"]]}"#, "list"),
        (#"{"network": ["10.0.0.0/8"]}"#, "text"), (#"{"name": {"a": 1}}"#, "text"), ("[]", "not a JSON object"),
        ("\"x\"", "not a JSON object"), ("{", "not JSON"), ("", "not JSON"), ("{} {}", "not JSON"),
        ("{\"name\": \"\u{FFFD}", "not JSON"), (String(repeating: "[", count: 5000), "not JSON"),
    ])
    func `a configuration file that is wrong is refused by name`(text: String, word: String) throws {
        let path = try scratch.file("c.json", text)
        let line = try refusal(config: path)
        #expect(line.contains(path) && line.contains(word), "\(line)")
    }

    @Test func `bytes that are not text are refused`() throws {
        #expect(try refusal(config: try scratch.file("c.json", [0x7B, 0xFF, 0xFE, 0x7D])).contains("not JSON"))
    }

    @Test func `a file that is missing, a folder, a pipe or endless is refused`() throws {
        #expect(try refusal(config: "\(scratch.path)/none").contains("No such file"))
        #expect(try refusal(config: scratch.path).contains("cannot be read"))
        #expect(try refusal(config: "/dev/zero").contains("longer than"))
        #expect(mkfifo("\(scratch.path)/fifo", 0o600) == 0)
        #expect(try refusal(config: "\(scratch.path)/fifo").contains("not JSON"))
        #expect(try refusal(config: "\(scratch.path)/a\nb").contains("\\n"))
    }

    @Test func `a file may name the net-conf file, and its errors name it`() throws {
        let path = try scratch.file("c.json", #"{"net-conf": "/nowhere/n.json"}"#)
        let line = try refusal(config: path)
        #expect(line.contains("net-conf") && line.contains(path) && line.contains("/nowhere/n.json"))
    }
}
