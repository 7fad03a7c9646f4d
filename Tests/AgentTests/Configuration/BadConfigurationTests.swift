import Testing

@testable import Agent

/// A value that must be refused, and what the line must name besides the input.
struct BadValue: Sendable, CustomTestStringConvertible {
    let setting: Setting
    let values: [String]
    let words: [String]

    init(_ setting: Setting, _ values: String..., names words: [String] = []) {
        self.setting = setting
        self.values = values
        self.words = words
    }

    var testDescription: String { "\(setting.flag) \(values)" }
}

@Suite struct BadConfigurationTests {
    static let values = [
        BadValue(.network, "10.244.0.1/16", names: ["host bits", "10.244.0.0/16"]), BadValue(.network, "ten"),
        BadValue(.network, "10.0.0.0"), BadValue(.network, "10.0.0.0/33"), BadValue(.network, "fd00::/48"),
        BadValue(.network, "10.0.0.0/29", names: ["28"]), BadValue(.network, ""),
        BadValue(.subnetLen, "31", names: ["30"]), BadValue(.subnetLen, "17", names: ["18", "10.244.0.0/16"]),
        BadValue(.subnetLen, "x"), BadValue(.subnetLen, "+24"), BadValue(.subnetLen, "24.0"),
        BadValue(.subnetMin, "10.244.9.7", names: ["/24"]), BadValue(.subnetMin, "10.9.0.0", names: ["10.244.0.0/16"]),
        BadValue(.subnetMax, "10.244.9.7"), BadValue(.subnetMax, "10.244.0.0", names: ["10.244.1.0"]),
        BadValue(.subnet, "10.9.1.0/24", names: ["10.244.0.0/16"]), BadValue(.subnet, "10.244.1.0/25", names: ["/24"]),
        BadValue(.backend, "udp", names: ["vxlan", "host-gw", "alloc"]),
        BadValue(.vni, "0", names: ["16777215"]), BadValue(.vni, "16777216"), BadValue(.vni, "-1"),
        BadValue(.vni, "99999999999999999999"), BadValue(.vni, "1", "2", names: ["one value"]),
        BadValue(.vxlanPort, "0", names: ["65535"]), BadValue(.vxlanPort, "70000"),
        BadValue(.vxlanPort, "8473", names: ["gossip"]), BadValue(.bind, "0.0.0.0:8472", names: ["VXLAN"]),
        BadValue(.bind, "0.0.0.0:0", names: ["65535"]), BadValue(.bind, "0.0.0.0:70000"), BadValue(.bind, "host:1"),
        BadValue(.mtu, "575", names: ["576", "IPv4 host"]), BadValue(.mtu, "65536"), BadValue(.mtu, "big"),
        BadValue(.joinTimeout, "0"), BadValue(.joinTimeout, "-1"), BadValue(.joinTimeout, "3601"),
        BadValue(.joinTimeout, "nan"), BadValue(.joinTimeout, "inf"), BadValue(.joinTimeout, "3s"),
        BadValue(.name, ""), BadValue(.name, String(repeating: "n", count: 64), names: ["64", "63"]),
        BadValue(.name, "a\nb"), BadValue(.name, "a\u{9B}31m"),
        BadValue(.device, "sixteen-bytes-xx", names: ["15"]), BadValue(.device, "a/b"), BadValue(.device, "a b"),
        BadValue(.device, "a:b"), BadValue(.device, "."), BadValue(.device, ".."), BadValue(.device, "a\u{A0}b"),
        BadValue(.ifaceRegex, "eth[", names: ["eth["]), BadValue(.ifaceRegex, ""), BadValue(.iface, "eth0,,eth1"),
        BadValue(.ifaceCanReach, "example"), BadValue(.publicIP, "0.0.0.0"), BadValue(.publicIP, "224.0.0.1"),
        BadValue(.publicIP, "::"), BadValue(.publicIP, "1.2.3"),
        BadValue(.join, "host:0"), BadValue(.join, "host:x"), BadValue(.join, "a,,b"), BadValue(.join, "a b"),
        BadValue(.join, "felt1-AAAAAAAAAAAAAAAAAAAAAAAAAAAA", names: ["damaged", "leasectl token"]),
        BadValue(.join, "felt9-AAAAAAAAAAAAAAAAAAAAAAAAAAAA", names: ["later release"]),
        BadValue(.join, String(repeating: "a,", count: 1024) + "a", names: ["1024"]),
        BadValue(.keyFile, ""), BadValue(.stateDir, "/a\nb"),
        BadValue(.subnetFile, String(repeating: "a", count: 4096)),
        BadValue(.ipMasq, "yes", names: ["true", "false"]), BadValue(.insecure, "2"),
        BadValue(.logLevel, "loud", names: ["warning"]), BadValue(.logFormat, "xml", names: ["json"]),
        BadValue(.netConf, "/nowhere/net-conf.json", names: ["/nowhere/net-conf.json"]),
    ]

    @Test(arguments: values) func `a bad value is refused in one line that names the flag`(bad: BadValue) throws {
        let line = try refusal([bad.setting: bad.values])
        #expect(line.hasPrefix(bad.setting.flag), "\(line)")
        for word in bad.words { #expect(line.contains(word), "\(line)") }
        #expect(line.utf8.count < 400, "\(line)")
    }

    @Test(arguments: values.filter { $0.values.count == 1 && $0.values != [""] && $0.setting != .netConf })
    func `a bad value of the environment is refused in one line that names the variable`(bad: BadValue) throws {
        let line = try refusal(environment: [bad.setting.environmentName: bad.values[0]])
        #expect(line.hasPrefix(bad.setting.environmentName), "\(line)")
    }

    @Test func `minimum above maximum names both`() throws {
        let line = try refusal([.subnetMin: ["10.244.9.0"], .subnetMax: ["10.244.3.0"]])
        #expect(line.hasPrefix("--subnet-min") && line.contains("10.244.9.0") && line.contains("10.244.3.0"))
    }

    @Test func `an unknown variable is refused by name`() throws {
        #expect(try refusal(environment: ["FELTD_NETWROK": "10.0.0.0/8"]).hasPrefix("FELTD_NETWROK"))
    }

    @Test func `a key is refused in an insecure cluster`() throws {
        let file = try refusal([.insecure: ["true"]], environment: ["FELTD_KEY_FILE": "/k"])
        #expect(file.contains("--insecure") && file.contains("FELTD_KEY_FILE"))
        let token = JoinToken(key: ClusterKey(), clusterID: 1, seeds: []).text
        let line = try refusal([.insecure: ["true"], .join: [token]])
        #expect(line.contains("--insecure") && line.contains("--join") && !line.contains(token))
    }

    @Test func `two tokens, or a damaged one, are refused without being shown`() throws {
        let tokens = (0..<2).map { JoinToken(key: ClusterKey(), clusterID: $0, seeds: []).text }
        for line in [try refusal([.join: tokens]), try refusal([.join: [String(tokens[0].dropLast())]])] {
            #expect(line.hasPrefix("--join") && !line.contains(tokens[0].dropFirst(6).prefix(8)))
        }
    }
}
