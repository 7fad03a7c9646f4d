internal import Addressing

/// What a configuration file may hold, its types told apart, so that a wrong one can be named.
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

    /// For a message.
    private var shown: String {
        switch self {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .fraction(let number): "\(number)"
        case .text(let text): quoted(text)
        case .list: "a list"
        case .object: "an object"
        }
    }

    /// The value as the command line would have given it.
    func texts(for setting: Setting, _ input: String) throws(ConfigurationError) -> [String] {
        switch (setting.kind, self) {
        case (.text, .text(let text)), (.list, .text(let text)): return [text]
        case (.number, .number(let number)), (.seconds, .number(let number)): return ["\(number)"]
        case (.seconds, .fraction(let number)): return ["\(number)"]
        case (.flag, .bool(let flag)): return ["\(flag)"]
        case (.list, .list(let items)):
            let texts = items.compactMap { if case .text(let text) = $0 { text } else { nil } }
            if texts.count == items.count, !texts.isEmpty { return texts }
        default: break
        }
        throw ConfigurationError(input, "\(shown) has the wrong type; write \(setting.kind.rawValue)")
    }
}

extension Setting {
    /// How JSON writes a setting's value.
    enum Kind: String {
        case text = "a text in quotes"
        case number = "a whole number without quotes"
        case seconds = "a number without quotes"
        case flag = "true or false without quotes"
        case list = "a text in quotes or a list of them"
    }

    var kind: Kind {
        switch self {
        case .subnetLen, .vni, .vxlanPort, .mtu: .number
        case .joinTimeout: .seconds
        default: isSwitch ? .flag : isList ? .list : .text
        }
    }
}
