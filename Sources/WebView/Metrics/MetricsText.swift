/// Writes the Prometheus text format, version 0.0.4: families one after the other, each with its HELP and TYPE.
struct MetricsText {
    enum Kind: String {
        case gauge, counter
    }

    private(set) var text = ""
    private var names: Set<String> = []

    /// One family; nothing when it has no samples, or when its name has been used.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: String)]
    ) {
        guard !samples.isEmpty, names.insert(name).inserted else { return }
        text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1.shown, quotes: true))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(sample.value)\n"
        }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        add(name, kind, help, [([], "\(value)")])
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([], "\(value)")])
    }

    mutating func add(_ name: String, _ help: String, _ value: Bool) {
        add(name, .gauge, help, value ? 1 : 0)
    }

    /// A constant 1 that carries what a number cannot say.
    mutating func add(_ name: String, _ help: String, info labels: [(String, String)]) {
        add(name, .gauge, help, [(labels, "1")])
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The name of a counter as Prometheus writes names: "bytesSent" is "bytes_sent"; `nil` when nothing of it can stand.
    static func name(_ camel: String) -> String? {
        var result = ""
        var lastWasSmall = false
        for byte in camel.utf8.prefix(64) {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if lastWasSmall { result += "_" }
                result.unicodeScalars.append(Unicode.Scalar(byte + 32))
                lastWasSmall = false
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
                lastWasSmall = true
            default:
                if !result.isEmpty, !result.hasSuffix("_") { result += "_" }
                lastWasSmall = false
            }
        }
        while result.hasSuffix("_") { result.removeLast() }
        return result.isEmpty ? nil : result
    }
}
