internal import Addressing
internal import Glibc
package import LeaseLedger
package import Logging

/// Writes one line an event to standard error. Every event carries a stable identifier under "id", and one identifier
/// writes no more than `LogRateLimit` lets it.
///
///     [12.345] notice lease-confirmed: holds 10.244.3.0/24 subnet=10.244.3.0/24
///
/// The seconds since boot stand there where no journal adds a time of its own; no wall clock is asked, which on an edge
/// machine may say 1970.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let showsTime: Bool
    private let now: @Sendable () -> Instant
    private let write: @Sendable (String) -> Void
    private let limit = LogRateLimit()

    /// - Parameter showsTime: unset: unless standard error goes to systemd's journal (JOURNAL_STREAM, systemd.exec(5)).
    package init(
        level: Logger.Level, format: LogFormat, showsTime: Bool? = nil,
        now: @escaping @Sendable () -> Instant = { BootClock().now },
        write: @escaping @Sendable (String) -> Void = { line in
            let bytes = Array(line.utf8)
            _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    ) {
        logLevel = level
        self.format = format
        self.showsTime = showsTime ?? (getenv("JOURNAL_STREAM") == nil)
        self.now = now
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var details = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
        let identifier = details.removeValue(forKey: "id") ?? "-"
        let time = now()
        guard let suppressed = limit.admit(identifier, at: time) else { return }
        if suppressed > 0 { details["suppressed"] = "\(suppressed)" }
        if let error = event.error { details["error"] = "\(error)" }
        let sorted = details.sorted { $0.key < $1.key }
        let message = "\(event.message)"
        switch format {
        case .text: write(text(event.level, identifier, message, sorted, time))
        case .json: write(json(event.level, identifier, message, sorted, time))
        }
    }

    private typealias Details = [(key: String, value: String)]

    private func text(
        _ level: Logger.Level, _ identifier: String, _ message: String, _ details: Details, _ time: Instant
    ) -> String {
        var line = showsTime ? "[\(Self.seconds(time))] " : ""
        line += "\(level) \(Self.escaped(identifier)): \(Self.escaped(message))"
        for (key, value) in details {
            let needsQuotes = value.isEmpty || value.contains { $0 == " " || $0 == "\"" || $0 == "=" }
            line +=
                " \(Self.escaped(key))=\(needsQuotes ? "\"\(Self.escaped(value, quotes: true))\"" : Self.escaped(value))"
        }
        return line + "\n"
    }

    private func json(
        _ level: Logger.Level, _ identifier: String, _ message: String, _ details: Details, _ time: Instant
    ) -> String {
        var line = "{"
        if showsTime { line += "\"boot\":\(Self.seconds(time))," }
        line += "\"level\":\"\(level)\",\"id\":\(Self.jsonText(identifier)),\"message\":\(Self.jsonText(message))"
        for (key, value) in details {
            // A detail must not take the place of what every line has.
            let key = ["boot", "level", "id", "message"].contains(key) ? "detail.\(key)" : key
            line += ",\(Self.jsonText(key)):\(Self.jsonText(value))"
        }
        return line + "}\n"
    }

    /// With three decimals.
    private static func seconds(_ time: Instant) -> String {
        let milliseconds = String(time.nanoseconds / 1_000_000 % 1_000)
        let padding = String(repeating: "0", count: max(0, 3 - milliseconds.utf8.count))
        return "\(time.nanoseconds / 1_000_000_000).\(padding)\(milliseconds)"
    }

    /// Control characters escaped: what came from a peer must not steer a terminal, nor begin a line.
    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        // Nearly every text is of this kind, and a crowd of machines that start tells of each other.
        let isPlain = text.utf8.allSatisfy { byte in
            (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
        }
        if isPlain { return text }
        return text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: return scalar.escaped(asASCII: true)
            default: return quotes && (scalar == "\"" || scalar == "\\") ? "\\\(scalar)" : String(scalar)
            }
        }.joined()
    }

    /// RFC 8259 §7, and the control characters of ISO 6429 that it leaves alone.
    private static func jsonText(_ text: String) -> String {
        let inside = text.unicodeScalars.map { scalar -> String in
            switch (scalar, scalar.properties.generalCategory) {
            case ("\"", _): return "\\\""
            case ("\\", _): return "\\\\"
            case ("\n", _): return "\\n"
            case (_, .control), (_, .lineSeparator), (_, .paragraphSeparator):
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: return String(scalar)
            }
        }
        return "\"" + inside.joined() + "\""
    }
}
