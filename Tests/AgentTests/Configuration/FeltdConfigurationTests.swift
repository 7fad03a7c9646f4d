import Addressing
import LeaseLedger
import Logging
import Testing

@testable import Agent

@Suite struct FeltdConfigurationTests {
    @Test func `without any input the contract's defaults hold`() throws {
        let configuration = try configure()
        let settings = try configuration.request.resolved()
        #expect(configuration.request == NetworkSettingsRequest())
        #expect(settings.pool.network.description == "10.244.0.0/16")
        #expect(settings.pool.subnetLength == 24)
        #expect(settings.backend == .vxlan && settings.vni == 1 && settings.vxlanPort == 8472)
        #expect(configuration.bindPort == 8473 && configuration.bindAddress == nil)
        #expect(configuration.stateDirectory == "/var/lib/felt" && configuration.runDirectory == "/run/felt")
        #expect(configuration.subnetFile == "/run/flannel/subnet.env")
        #expect(configuration.joinTimeout == .seconds(3) && configuration.name == "machine")
        #expect(!configuration.insecure && !configuration.masquerades && configuration.cniConfiguration == nil)
    }

    @Test func `every setting is taken from a flag`() throws {
        let configuration = try configure([
            .network: ["10.5.0.0/16"], .subnetLen: ["26"], .subnetMin: ["10.5.1.0"], .subnetMax: ["10.5.2.64"],
            .subnet: ["10.5.1.64/26"], .backend: ["Host-GW"], .vni: ["16777215"], .vxlanPort: ["4789"],
            .directRouting: ["true"], .device: ["felt0"], .mtu: ["1400"], .join: ["a,b:99", "fd00::1"],
            .joinTimeout: ["0.5"], .name: ["knot"], .iface: ["eth0,10.0.0.7", "wlan0"], .ifaceRegex: ["^e.{1,2}th"],
            .ifaceCanReach: ["10.0.0.1"], .publicIP: ["203.0.113.9"], .bind: ["10.0.0.7:9000"], .keyFile: ["/k"],
            .stateDir: ["/s"], .runDir: ["/r"], .subnetFile: ["/f"], .ipMasq: ["1"], .cniConf: ["/c"],
            .logLevel: ["DEBUG"], .logFormat: ["json"],
        ])
        let settings = try configuration.request.resolved()
        #expect(settings.pool.subnetLength == 26 && settings.pool.subnetMax.description == "10.5.2.64")
        #expect(settings.backend == .hostGateway && settings.vni == 16_777_215 && settings.directRouting)
        #expect(configuration.pinnedSubnet?.description == "10.5.1.64/26")
        #expect(try configuration.joins == ["a", "b:99", "fd00::1"].map { .host(try HostPort(parsing: $0)) })
        #expect(configuration.joinTimeout == .milliseconds(500))
        #expect(configuration.interfaces == ["eth0", "10.0.0.7", "wlan0"])
        #expect(configuration.interfaceExpressions == ["^e.{1,2}th"], "a comma belongs to the expression")
        #expect(configuration.bindAddress?.description == "10.0.0.7" && configuration.bindPort == 9000)
        #expect(configuration.masquerades && configuration.cniConfiguration == "/c" && configuration.mtu == 1400)
        #expect(configuration.logLevel == .debug && configuration.logFormat == .json)
    }

    @Test func `flag precedes environment precedes config file precedes net-conf precedes default`() throws {
        let scratch = try Scratch()
        let netConf = try scratch.file(
            "net-conf.json",
            #"{"Network": "10.1.0.0/16", "Backend": {"Type": "alloc", "VNI": 11, "Port": 11, "MTU": 1111}}"#)
        let config = try scratch.file(
            "c.json", #"{"net-conf": "\#(netConf)", "vni": 22, "vxlan-port": 22, "mtu": 1222}"#)
        let configuration = try configure(
            [.mtu: ["1444"]], environment: ["FELTD_VXLAN_PORT": "33", "FELTD_MTU": "1333", "PATH": "/bin"],
            config: config)
        #expect(configuration.mtu == 1444)
        #expect(configuration.request.vxlanPort == 33)
        #expect(configuration.request.vni == 22)
        #expect(configuration.request.backend == .alloc)
        #expect(configuration.request.subnetLength == nil, "what nobody names stays unnamed")
    }

    @Test(arguments: Setting.allCases) func `each setting has its variable`(setting: Setting) throws {
        #expect(setting.environmentName == "FELTD_" + setting.rawValue.uppercased().replacing("-", with: "_"))
        let line = try refusal(environment: [setting.environmentName: "\u{1}"])
        #expect(line.hasPrefix("\(setting.environmentName): "))
    }

    @Test func `an empty variable counts as not set`() throws {
        let configuration = try configure(environment: ["FELTD_VNI": "", "FELTD_JOIN": ""])
        #expect(configuration.request.vni == nil && configuration.joins.isEmpty)
    }

    @Test(arguments: [("true", true), ("TRUE", true), ("1", true), ("false", false), ("0", false)])
    func `a switch in the environment may be off`(text: String, isOn: Bool) throws {
        #expect(try configure(environment: ["FELTD_IP_MASQ": text]).masquerades == isOn)
        #expect(try configure(environment: ["FELTD_DIRECT_ROUTING": text]).request.directRouting == isOn)
    }

    @Test func `a joiner that names no network may pin any subnet, to be compared with the cluster's later`() throws {
        let configuration = try configure([.subnet: ["10.9.3.0/24"], .join: ["peer"]])
        let theirs = NetworkSettings(pool: try SubnetPool(network: try IPv4Block(parsing: "10.9.0.0/16")))
        try configuration.checkPinnedSubnet(in: theirs)
        let error = #expect(throws: ConfigurationError.self) {
            try configuration.checkPinnedSubnet(in: configuration.request.resolved())
        }
        #expect(error?.description.contains("10.9.3.0/24 is not a subnet of network 10.244.0.0/16") == true)
    }

    @Test func `a token is told apart from a host`() throws {
        let token = JoinToken(key: ClusterKey(), clusterID: 7, seeds: [])
        let host = "felt-gateway-in-the-second-cellar-left.example"
        let configuration = try configure([.join: ["\(token.text),\(host)", "felt1-host"]])
        #expect(configuration.joins.count == 3)
        #expect(configuration.joins.first == .token(token))
        #expect(try configuration.joins[1] == .host(HostPort(parsing: host)))
    }
}
