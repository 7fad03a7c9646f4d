package import Addressing
internal import LeaseLedger
package import Logging

/// All that feltd is told, validated. Each setting comes from the first of: flag, environment, the --config file, the
/// --net-conf file, default.
package struct FeltdConfiguration: Sendable {
    /// What --join names.
    package enum JoinTarget: Hashable, Sendable {
        case host(HostPort)
        case token(JoinToken)
    }

    package var request = NetworkSettingsRequest()
    package var pinnedSubnet: IPv4Block?
    package var device: String?
    package var mtu: UInt32?
    package var joins: [JoinTarget] = []
    package var joinTimeout = Duration.seconds(3)
    package var name = "localhost"
    package var interfaces: [String] = []
    package var interfaceExpressions: [String] = []
    package var canReach: IPv4Address?
    package var publicIP: AnyIPAddress?
    package var bindAddress: AnyIPAddress?
    package var bindPort: UInt16 = 8473
    package var keyFile: String?
    package var insecure = false
    package var stateDirectory = "/var/lib/felt"
    package var runDirectory = "/run/felt"
    package var subnetFile = "/run/flannel/subnet.env"
    package var masquerades = false
    /// Where a CNI configuration is kept up to date; unset: nowhere.
    package var cniConfiguration: String?
    /// The number of the group whose members may read over the control socket.
    package var controlGroup: UInt32?
    /// Executables in it are told what happens.
    package var hooks: String?
    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.text

    package static let leastMTU: UInt32 = 576

    /// - Parameters:
    ///   - flags: as given on the command line, by setting; switches as "true".
    ///   - configPath: the file that --config names.
    ///   - environment: variables named FELTD_… are settings; an empty one counts as not set, as systemd's
    ///     EnvironmentFile= leaves them.
    ///   - hostName: the name of a node that is given none.
    package init(
        flags: [Setting: [String]], configPath: String?, environment: [String: String], hostName: String?
    ) throws(ConfigurationError) {
        var chosen: [Setting: NamedValue] = [:]
        for (setting, values) in flags { chosen[setting] = NamedValue(input: setting.flag, values: values) }
        for (key, value) in environment.sorted(by: { $0.key < $1.key })
        where key.hasPrefix("FELTD_") && key != "FELTD_CONFIG" {
            guard let setting = Setting.allCases.first(where: { $0.environmentName == key }) else {
                throw ConfigurationError(key, "unknown environment variable of feltd; see feltd --help")
            }
            if chosen[setting] == nil, !value.isEmpty { chosen[setting] = NamedValue(input: key, values: [value]) }
        }
        if let configPath, !configPath.isEmpty {
            chosen.merge(try ConfigurationFile.config(configPath)) { mine, _ in mine }
        }
        if let netConf = chosen[.netConf] {
            let path = try ConfigurationReader(named: netConf).path()
            chosen.merge(try NetConfFile.settings(path, named: netConf.input)) { mine, _ in mine }
        }
        if let hostName, !hostName.isEmpty { name = hostName }
        for setting in Setting.allCases {
            guard let named = chosen[setting] else { continue }
            try take(setting, ConfigurationReader(named: named))
        }
        try checkTogether(chosen)
    }

    private mutating func take(_ setting: Setting, _ reader: ConfigurationReader) throws(ConfigurationError) {
        switch setting {
        case .network: request.network = try reader.block()
        case .subnetLen: request.subnetLength = Int(try reader.number(in: 1...30))
        case .subnetMin: request.subnetMin = try reader.address()
        case .subnetMax: request.subnetMax = try reader.address()
        case .subnet: pinnedSubnet = try reader.block()
        case .netConf: break
        case .backend: request.backend = try reader.backend()
        case .vni: request.vni = UInt32(try reader.number(in: 1...16_777_215))
        case .vxlanPort: request.vxlanPort = UInt16(try reader.number(in: 1...65_535))
        case .directRouting: request.directRouting = try reader.flag()
        case .device: device = try reader.deviceName()
        case .mtu: mtu = UInt32(try reader.mtu())
        case .join: joins = try reader.joinTargets()
        case .joinTimeout: joinTimeout = try reader.seconds()
        case .name: name = try reader.name()
        case .iface: interfaces = try reader.texts()
        case .ifaceRegex: interfaceExpressions = try reader.expressions()
        case .ifaceCanReach: canReach = try reader.address()
        case .publicIP: publicIP = try reader.publicAddress()
        case .bind: (bindAddress, bindPort) = try reader.bind(defaultPort: bindPort)
        case .keyFile: keyFile = try reader.path()
        case .insecure: insecure = try reader.flag()
        case .stateDir: stateDirectory = try reader.path()
        case .runDir: runDirectory = try reader.path()
        case .subnetFile: subnetFile = try reader.path()
        case .ipMasq: masquerades = try reader.flag()
        case .cniConf: cniConfiguration = try reader.path()
        case .hooks: hooks = try reader.path()
        case .controlGroup: controlGroup = try reader.group()
        case .logLevel: logLevel = try reader.logLevel()
        case .logFormat: logFormat = try reader.logFormat()
        }
    }
}
