/// A setting of feltd by its flag's name, without the dashes. The same names are keys of --config, and in upper snake case
/// behind FELTD_ environment variables.
package enum Setting: String, CaseIterable, Sendable {
    case network
    case subnetLen = "subnet-len"
    case subnetMin = "subnet-min"
    case subnetMax = "subnet-max"
    case subnet
    case netConf = "net-conf"
    case backend
    case vni
    case vxlanPort = "vxlan-port"
    case directRouting = "direct-routing"
    case device
    case mtu
    case join
    case joinTimeout = "join-timeout"
    case name
    case iface
    case ifaceRegex = "iface-regex"
    case ifaceCanReach = "iface-can-reach"
    case publicIP = "public-ip"
    case bind
    case keyFile = "key-file"
    case insecure
    case stateDir = "state-dir"
    case runDir = "run-dir"
    case subnetFile = "subnet-file"
    case ipMasq = "ip-masq"
    case cniConf = "cni-conf"
    case hooks
    case controlGroup = "control-group"
    case logLevel = "log-level"
    case logFormat = "log-format"

    package var flag: String { "--\(rawValue)" }

    package var environmentName: String {
        "FELTD_" + String(rawValue.map { $0 == "-" ? "_" : Character($0.uppercased()) })
    }

    package var isSwitch: Bool {
        switch self {
        case .directRouting, .insecure, .ipMasq: true
        default: false
        }
    }

    package var isList: Bool {
        switch self {
        case .join, .iface, .ifaceRegex: true
        default: false
        }
    }
}

/// A value and where it was written.
package struct NamedValue: Hashable, Sendable {
    package var input: String
    package var values: [String]

    package init(input: String, values: [String]) {
        self.input = input
        self.values = values
    }
}
