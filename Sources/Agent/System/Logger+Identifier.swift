internal import Logging

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
