package import Addressing
internal import LeaseLedger
package import Logging

/// All that feltd is told: flags, then environment, then --config, then --net-conf, then defaults.
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
    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.text

    package static let leastMTU: UInt32 = 576

    /// - Parameters:
    ///   - flags: as given on the command line, by setting; switches as "true".
    ///   - configPath: the file that --config names.
    package init(
        flags: [Setting: [String]], configPath: String?, environment: [String: String], hostName: String?
    ) throws(ConfigurationError) {
        var chosen: [Setting: NamedValue] = [:]
        for (setting, values) in flags { chosen[setting] = NamedValue(input: setting.flag, values: values) }
        for (key, value) in environment where key.hasPrefix("FELTD_") && key != "FELTD_CONFIG" {
            guard let setting = Setting.allCases.first(where: { $0.environmentName == key }) else {
                throw ConfigurationError(key, "unknown environment variable of feltd; see feltd --help")
            }
            if chosen[setting] == nil { chosen[setting] = NamedValue(input: key, values: [value]) }
        }
        if let configPath {
            chosen.merge(try ConfigurationFile.config(configPath)) { mine, _ in mine }
        }
        if let path = chosen[.netConf]?.values.last {
            chosen.merge(try ConfigurationFile.netConf(path)) { mine, _ in mine }
        }
        if let hostName, !hostName.isEmpty { name = hostName }
        for setting in Setting.allCases {
            guard let named = chosen[setting] else { continue }
            try take(setting, ConfigurationReader(named: named, isList: setting.isList))
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
        case .publicIP: publicIP = try reader.anyAddress()
        case .bind: (bindAddress, bindPort) = try reader.bind(defaultPort: bindPort)
        case .keyFile: keyFile = try reader.path()
        case .insecure: insecure = try reader.flag()
        case .stateDir: stateDirectory = try reader.path()
        case .runDir: runDirectory = try reader.path()
        case .subnetFile: subnetFile = try reader.path()
        case .ipMasq: masquerades = try reader.flag()
        case .logLevel: logLevel = try reader.logLevel()
        case .logFormat: logFormat = try reader.logFormat()
        }
    }

    /// What only shows when several settings are seen together.
    private func checkTogether(_ chosen: [Setting: NamedValue]) throws(ConfigurationError) {
        do {
            let settings = try request.resolved()
            if let pinnedSubnet {
                guard settings.pool.network.contains(pinnedSubnet),
                    pinnedSubnet.prefixLength == settings.pool.subnetLength || request.named == 0
                else {
                    throw ConfigurationError(
                        chosen[.subnet]?.input ?? "--subnet",
                        "\(pinnedSubnet) is not a /\(settings.pool.subnetLength) inside network \(settings.pool.network)"
                    )
                }
            }
        } catch let error as SubnetPoolError {
            throw ConfigurationError(input(of: error, chosen), error.description)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError("--network", "\(error)")
        }
        if insecure, keyFile != nil {
            throw ConfigurationError("--insecure", "contradicts --key-file: leave one of them out")
        }
        let tokens = joins.count { if case .token = $0 { true } else { false } }
        if tokens > 0, insecure {
            throw ConfigurationError("--insecure", "contradicts the token in --join: leave one of them out")
        }
        if tokens > 1 { throw ConfigurationError("--join", "names more than one token; a cluster has one") }
    }

    private func input(of error: SubnetPoolError, _ chosen: [Setting: NamedValue]) -> String {
        let setting: Setting =
            switch error {
            case .subnetLengthOutOfRange: .subnetLen
            case .networkTooSmall: .network
            case .outsideNetwork(let bound, _, _), .unaligned(let bound, _, _):
                bound == "minimum" ? .subnetMin : .subnetMax
            case .minimumAboveMaximum: .subnetMin
            }
        return chosen[setting]?.input ?? setting.flag
    }
}
