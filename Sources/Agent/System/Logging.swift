internal import Addressing
internal import Glibc
package import Logging

/// How log lines look.
package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
}

/// Writes one line an event to standard error. Every event carries a stable identifier under "id".
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let write: @Sendable (String) -> Void

    package init(
        level: Logger.Level, format: LogFormat,
        write: @escaping @Sendable (String) -> Void = { line in
            let bytes = Array(line.utf8)
            _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    ) {
        logLevel = level
        self.format = format
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let details = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        let message = "\(event.message)"
        let rest = details.filter { $0.key != "id" }.sorted { $0.key < $1.key }
        switch format {
        case .text:
            var line = "\(event.level) \(details["id"] ?? "-"): \(shown(message))"
            for (key, value) in rest { line += " \(key)=\(value.contains(" ") ? quoted(value) : shown(value))" }
            write(line + "\n")
        case .json:
            var line =
                "{\"level\":\"\(event.level)\",\"id\":\(quote(details["id"] ?? "-")),\"message\":\(quote(message))"
            for (key, value) in rest { line += ",\(quote(key)):\(quote(value))" }
            write(line + "}\n")
        }
    }

    /// Control characters escaped: what came from a peer must not steer a terminal.
    private func shown(_ text: String) -> String {
        String(
            text.unicodeScalars.map {
                $0.properties.generalCategory == .control ? $0.escaped(asASCII: true) : String($0)
            }.joined())
    }

    private func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }
}

extension Logger {
    /// Logs an event under its stable identifier.
    func log(_ level: Logger.Level, _ message: String, id: String, _ details: [String: String] = [:]) {
        var metadata: Logger.Metadata = ["id": .string(id)]
        for (key, value) in details { metadata[key] = .string(value) }
        log(level: level, "\(message)", metadata: metadata)
    }

    func debug(_ message: String, id: String, _ details: [String: String] = [:]) {
        log(.debug, message, id: id, details)
    }

    func info(_ message: String, id: String, _ details: [String: String] = [:]) { log(.info, message, id: id, details) }

    func notice(_ message: String, id: String, _ details: [String: String] = [:]) {
        log(.notice, message, id: id, details)
    }

    func warning(_ message: String, id: String, _ details: [String: String] = [:]) {
        log(.warning, message, id: id, details)
    }

    func error(_ message: String, id: String, _ details: [String: String] = [:]) {
        log(.error, message, id: id, details)
    }
}
