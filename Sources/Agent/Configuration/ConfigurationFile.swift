internal import Addressing
internal import FoundationEssentials
internal import Glibc

/// The JSON files of the configuration. Here --config: an object whose keys are the flags' names.
enum ConfigurationFile {
    private static let longest = 1 << 20

    static func config(_ path: String, named flag: String = "--config") throws(ConfigurationError)
        -> [Setting: NamedValue]
    {
        var settings: [Setting: NamedValue] = [:]
        for (key, value) in try object(path, named: flag).sorted(by: { $0.key < $1.key }) {
            let input = "\(quoted(key)) in \(shownPath(path))"
            guard let setting = Setting(rawValue: key) else {
                let known = Setting.allCases.map(\.rawValue).joined(separator: ", ")
                throw ConfigurationError(input, "unknown key; the keys are the flags' names: \(known)")
            }
            settings[setting] = NamedValue(input: input, values: try value.texts(for: setting, input))
        }
        return settings
    }

    /// The members of the object that the file holds.
    static func object(_ path: String, named flag: String) throws(ConfigurationError) -> [String: JSONScalar] {
        let input = "\(flag) \(shownPath(path))"
        let value: JSONScalar
        do {
            value = try JSONDecoder().decode(JSONScalar.self, from: Data(read(path, input)))
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(input, "is not JSON; write an object such as {\"Network\": \"10.244.0.0/16\"}")
        }
        if case .object(let members) = value { return members }
        throw ConfigurationError(input, "is not a JSON object; write {\"…\": …}")
    }

    private static func read(_ path: String, _ input: String) throws(ConfigurationError) -> [UInt8] {
        func unreadable(_ code: Int32) -> ConfigurationError {
            ConfigurationError(
                input, "cannot be read: \(String(cString: strerror(code))); name a file that exists and may be read")
        }
        // Without O_NONBLOCK a FIFO would hang the start.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw unreadable(errno) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(errno) }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= longest else {
                throw ConfigurationError(input, "is longer than \(longest) bytes; name a configuration file")
            }
        }
    }
}

/// A path for a message of one line: as it is, or quoted where it holds what would confuse.
func shownPath(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x5C }
    return isPlain && !path.isEmpty ? path : quoted(path)
}
