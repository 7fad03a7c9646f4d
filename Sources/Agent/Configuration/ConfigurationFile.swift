internal import Addressing
internal import FoundationEssentials
internal import Glibc

/// Reads --config (JSON with the flags' names) and --net-conf (flannel's net-conf.json).
enum ConfigurationFile {
    private static let longest = 1 << 20

    static func config(_ path: String) throws(ConfigurationError) -> [Setting: NamedValue] {
        var settings: [Setting: NamedValue] = [:]
        for (key, value) in try object(path, named: "--config") {
            let input = "\(quoted(key)) in \(path)"
            guard let setting = Setting(rawValue: key), setting != .netConf || true else {
                throw ConfigurationError(
                    input,
                    "unknown key; the keys are the flags' names: \(Setting.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            settings[setting] = NamedValue(input: input, values: try texts(value, input))
        }
        return settings
    }

    static func netConf(_ path: String) throws(ConfigurationError) -> [Setting: NamedValue] {
        var settings: [Setting: NamedValue] = [:]
        func put(_ setting: Setting, _ key: String, _ value: JSONScalar) throws(ConfigurationError) {
            let input = "\(quoted(key)) in \(path)"
            settings[setting] = NamedValue(input: input, values: try texts(value, input))
        }
        for (key, value) in try object(path, named: "--net-conf") {
            let input = "\(quoted(key)) in \(path)"
            switch key.lowercased() {
            case "network": try put(.network, key, value)
            case "subnetlen": try put(.subnetLen, key, value)
            case "subnetmin": try put(.subnetMin, key, value)
            case "subnetmax": try put(.subnetMax, key, value)
            case "enableipv4":
                guard value == .bool(true) else {
                    throw ConfigurationError(input, "IPv4 cannot be turned off; write true")
                }
            case "enableipv6":
                guard value == .bool(false) else {
                    throw ConfigurationError(input, "IPv6 subnets are not supported yet; write false or leave it out")
                }
            case "enablenftables": continue
            case "ipv6network", "ipv6subnetlen", "ipv6subnetmin", "ipv6subnetmax":
                throw ConfigurationError(input, "IPv6 subnets are not supported yet; leave it out")
            case "backend": try backend(value, path, put)
            default:
                throw ConfigurationError(
                    input, "unknown key; known are Network, SubnetLen, SubnetMin, SubnetMax, EnableIPv4, Backend")
            }
        }
        return settings
    }

    private static func backend(
        _ value: JSONScalar, _ path: String, _ put: (Setting, String, JSONScalar) throws(ConfigurationError) -> Void
    ) throws(ConfigurationError) {
        guard case .object(let members) = value else {
            throw ConfigurationError("\"Backend\" in \(path)", "must be an object such as {\"Type\": \"vxlan\"}")
        }
        for (key, value) in members {
            let input = "\(quoted(key)) in Backend in \(path)"
            switch key.lowercased() {
            case "type": try put(.backend, key, value)
            case "vni": try put(.vni, key, value)
            case "port": try put(.vxlanPort, key, value)
            case "mtu": try put(.mtu, key, value)
            case "directrouting": try put(.directRouting, key, value)
            case "gbp", "learning":
                guard value == .bool(false) else {
                    throw ConfigurationError(input, "is not supported yet; write false or leave it out")
                }
            default:
                throw ConfigurationError(
                    input, "unknown key; known are Type, VNI, Port, MTU, DirectRouting, GBP, Learning")
            }
        }
    }

    private static func texts(_ value: JSONScalar, _ input: String) throws(ConfigurationError) -> [String] {
        switch value {
        case .text(let text): return [text]
        case .number(let number): return ["\(number)"]
        case .bool(let flag): return ["\(flag)"]
        case .list(let items):
            var texts: [String] = []
            for item in items { texts += try self.texts(item, input) }
            return texts
        case .object, .null, .fraction:
            throw ConfigurationError(input, "has the wrong type; write a text, a whole number or true/false")
        }
    }

    private static func object(_ path: String, named flag: String) throws(ConfigurationError) -> [String: JSONScalar] {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            let why = String(cString: strerror(errno))
            throw ConfigurationError("\(flag) \(path)", "cannot be read: \(why); name a file that exists")
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: longest)
        var length = 0
        while length < longest {
            let count = bytes.withUnsafeMutableBytes {
                read(file, $0.baseAddress?.advanced(by: length), $0.count - length)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ConfigurationError("\(flag) \(path)", "cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            length += count
        }
        do {
            let value = try JSONDecoder().decode(JSONScalar.self, from: Data(bytes.prefix(length)))
            if case .object(let members) = value { return members }
        } catch {
            throw ConfigurationError(
                "\(flag) \(path)", "is not JSON; write an object such as {\"Network\": \"10.244.0.0/16\"}")
        }
        throw ConfigurationError("\(flag) \(path)", "is not a JSON object; write {\"…\": …}")
    }
}

/// What a configuration file may hold.
enum JSONScalar: Decodable, Hashable {
    case null
    case bool(Bool)
    case number(Int64)
    case fraction(Double)
    case text(String)
    case list([JSONScalar])
    case object([String: JSONScalar])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .number(value)
        } else if let value = try? container.decode(Double.self) {
            self = .fraction(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONScalar].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONScalar].self))
        }
    }
}
