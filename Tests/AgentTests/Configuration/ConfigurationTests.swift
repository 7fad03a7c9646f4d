import Addressing
import Glibc
import LeaseLedger
import Testing

@testable import Agent

/// A file in /tmp that goes with the test.
func withTemporaryFile<Result>(_ text: String, mode: mode_t = 0o600, _ body: (String) throws -> Result) throws -> Result
{
    var template = Array("/tmp/felt-test-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    try #require(file >= 0)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    try #require(write(file, text, text.utf8.count) == text.utf8.count)
    fchmod(file, mode)
    close(file)
    return try body(path)
}

@Suite struct ConfigurationTests {
    private func make(
        _ flags: [Setting: [String]] = [:], config: String? = nil, environment: [String: String] = [:]
    ) throws -> FeltdConfiguration {
        try FeltdConfiguration(flags: flags, configPath: config, environment: environment, hostName: "box")
    }

    @Test func `defaults are those of the documentation`() throws {
        let configuration = try make()
        let settings = try configuration.request.resolved()
        #expect("\(settings.pool.network)" == "10.244.0.0/16" && settings.pool.subnetLength == 24)
        #expect(settings.backend == .vxlan && settings.vni == 1 && settings.vxlanPort == 8472)
        #expect(configuration.bindPort == 8473 && configuration.name == "box")
        #expect(configuration.stateDirectory == "/var/lib/felt" && configuration.runDirectory == "/run/felt")
        #expect(configuration.subnetFile == "/run/flannel/subnet.env" && configuration.joinTimeout == .seconds(3))
        #expect(configuration.request.named == 0)
    }

    @Test func `a flag precedes the environment, that the file, that net-conf`() throws {
        try withTemporaryFile(#"{"Network": "10.1.0.0/16", "Backend": {"Type": "host-gw", "VNI": 4, "Port": 4789}}"#) {
            netConf in
            try withTemporaryFile(#"{"net-conf": "\#(netConf)", "vni": 3, "name": "file", "mtu": 1400}"#) { config in
                let configuration = try make(
                    [.name: ["flag"]], config: config, environment: ["FELTD_VNI": "2", "FELTD_NAME": "environment"])
                #expect(configuration.name == "flag")
                #expect(configuration.request.vni == 2)
                #expect(configuration.mtu == 1400)
                #expect(configuration.request.backend == .hostGateway)
                #expect(configuration.request.vxlanPort == 4789)
                #expect(configuration.request.network?.description == "10.1.0.0/16")
            }
        }
    }

    @Test func `keys of net-conf match without regard to case, and GBP and Learning may be false`() throws {
        let text =
            #"{"network": "10.3.0.0/16", "SUBNETLEN": 25, "enableIPv4": true, "backend": {"type": "VXLAN", "gbp": false}}"#
        try withTemporaryFile(text) { path in
            let configuration = try make([.netConf: [path]])
            #expect(configuration.request.subnetLength == 25)
            #expect(configuration.request.backend == .vxlan)
        }
    }

    @Test func `join takes repetitions, lists, ports and tokens`() throws {
        let token = JoinToken(key: ClusterKey(), clusterID: 7, seeds: [])
        let configuration = try make([.join: ["a,b:99", "10.0.0.1", token.text]])
        #expect(
            configuration.joins == [
                .host(try HostPort(parsing: "a")), .host(try HostPort(parsing: "b:99")),
                .host(try HostPort(parsing: "10.0.0.1")), .token(token),
            ])
    }

    @Test(
        arguments: [
            (.network, "10.0.0.1/8"), (.network, "x"), (.subnetLen, "31"), (.subnetLen, "0"), (.subnetMin, "10.9.0.0"),
            (.subnetMin, "10.244.1.1"), (.backend, "udp"), (.vni, "0"), (.vni, "16777216"), (.vni, "-1"), (.vni, "1.5"),
            (.vxlanPort, "0"), (.vxlanPort, "65536"), (.mtu, "575"), (.mtu, "70000"), (.joinTimeout, "0"),
            (.joinTimeout, "never"), (.name, "a\u{1B}b"), (.name, String(repeating: "n", count: 64)),
            (.device, "a-very-long-name"), (.device, "a/b"), (.bind, "0.0.0.0:0"), (.bind, "host:1"),
            (.publicIP, "1.2.3"),
            (.logLevel, "loud"), (.logFormat, "xml"), (.ifaceRegex, "("), (.join, "a,,b"), (.join, "a:0"),
            (.ipMasq, "maybe"), (.subnet, "10.99.0.0/24"), (.stateDir, ""),
        ] as [(Setting, String)])
    func `a bad value is refused and its input named`(setting: Setting, value: String) {
        let error = #expect(throws: ConfigurationError.self) { try make([setting: [value]]) }
        #expect(error?.input == setting.flag)
        #expect(error.map { !$0.description.contains("\n") && !$0.description.contains("\u{1B}") } == true)
        let fromEnvironment = #expect(throws: ConfigurationError.self) {
            try make(environment: [setting.environmentName: value])
        }
        #expect(fromEnvironment?.input == setting.environmentName)
    }

    @Test(arguments: [
        #"{"nonsense": 1}"#, #"{"vni": {"a": 1}}"#, #"{"vni": null}"#, #"{"vni": 1.5}"#, "[1]", "", "{", "\u{0}",
    ])
    func `a bad configuration file is refused and named`(text: String) throws {
        try withTemporaryFile(text) { path in
            let error = #expect(throws: ConfigurationError.self) { try make(config: path) }
            #expect(error?.description.contains(path) == true)
        }
    }

    @Test(arguments: [
        #"{"Network": "10.0.0.1/8"}"#, #"{"Networks": "10.0.0.0/8"}"#, #"{"EnableIPv6": true}"#,
        #"{"IPv6Network": "fc00::/48"}"#, #"{"Backend": "vxlan"}"#, #"{"Backend": {"Typ": "vxlan"}}"#,
        #"{"Backend": {"Learning": true}}"#, #"{"EnableIPv4": false}"#,
    ])
    func `a bad net-conf is refused and its key named`(text: String) throws {
        try withTemporaryFile(text) { path in
            let error = #expect(throws: ConfigurationError.self) { try make([.netConf: [path]]) }
            #expect(error?.input.contains(path) == true)
        }
    }

    @Test func `an unknown variable of feltd is refused`() {
        let error = #expect(throws: ConfigurationError.self) { try make(environment: ["FELTD_VNIS": "1"]) }
        #expect(error?.input == "FELTD_VNIS")
    }

    @Test func `contradictions name each difference with both values`() throws {
        let configuration = try make([.network: ["10.9.0.0/16"], .vni: ["5"]])
        let cluster = try NetworkSettingsRequest().resolved()
        let differences = configuration.request.differences(from: cluster)
        #expect(differences.count == 2)
        #expect(differences[0].contains("10.9.0.0/16") && differences[0].contains("10.244.0.0/16"))
        #expect(NetworkSettingsRequest().differences(from: cluster).isEmpty)
    }

    @Test func `insecure contradicts a key file and a token`() {
        let token = JoinToken(key: ClusterKey(), clusterID: 7, seeds: [])
        #expect(throws: ConfigurationError.self) { try make([.insecure: ["true"], .keyFile: ["/k"]]) }
        #expect(throws: ConfigurationError.self) { try make([.insecure: ["true"], .join: [token.text]]) }
    }
}
