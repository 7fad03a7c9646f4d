internal import Addressing
internal import Glibc
internal import LeaseLedger
internal import Logging

/// Turns one named value into what it means, or says what is wrong with it.
struct ConfigurationReader {
    let input: String
    private let values: [String]

    init(named: NamedValue) throws(ConfigurationError) {
        input = named.input
        values = named.values
        // Whatever is shown later, in a message or by a tool, stays on its line.
        for value in values where value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw fail("\(quoted(value)) holds a control character; remove it")
        }
    }

    private static let mostEntries = 1_024

    private func fail(_ problem: String) -> ConfigurationError { ConfigurationError(input, problem) }

    func text() throws(ConfigurationError) -> String {
        guard values.count == 1, let value = values.first else { throw fail("takes one value, not \(values.count)") }
        guard !value.isEmpty else { throw fail("is empty; give a value or leave it out") }
        return value
    }

    /// All values; each may itself be a list with commas.
    func texts() throws(ConfigurationError) -> [String] {
        let parts = values.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        guard parts.allSatisfy({ !$0.isEmpty }), !parts.isEmpty else { throw fail("has an empty entry; remove it") }
        guard parts.count <= Self.mostEntries else {
            throw fail("has \(parts.count) entries; give at most \(Self.mostEntries)")
        }
        return parts
    }

    func number(in range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64 {
        let text = try text()
        guard let number = Int64(text), range.contains(number), !text.hasPrefix("+") else {
            throw fail("\(quoted(text)) is not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func mtu() throws(ConfigurationError) -> Int64 {
        let least = Int64(FeltdConfiguration.leastMTU)
        let text = try text()
        guard let number = Int64(text), number >= least, number <= 65_535 else {
            throw fail(
                "\(quoted(text)) is not an MTU from \(least), the least that every IPv4 host must take, to 65535")
        }
        return number
    }

    func flag() throws(ConfigurationError) -> Bool {
        let text = try text()
        switch text.lowercased() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw fail("\(quoted(text)) is neither true nor false")
        }
    }

    func block() throws(ConfigurationError) -> IPv4Block {
        try parsed { text throws(AddressError) in try IPv4Block(parsing: text) }
    }

    func address() throws(ConfigurationError) -> IPv4Address {
        try parsed { text throws(AddressError) in try IPv4Address(parsing: text) }
    }

    func anyAddress() throws(ConfigurationError) -> AnyIPAddress {
        try parsed { text throws(AddressError) in try AnyIPAddress(parsing: text) }
    }

    /// An address at which others can reach this node.
    func publicAddress() throws(ConfigurationError) -> AnyIPAddress {
        let address = try anyAddress()
        let isReachable =
            switch address {
            case .v4(let address): !address.isUnspecified && !address.isMulticast && address.bits != .max
            case .v6(let address): !address.isUnspecified && !address.isMulticast
            }
        guard isReachable else {
            throw fail("\(address) is no node's own; give an address at which peers reach this one")
        }
        return address
    }

    private func parsed<Value>(_ parse: (String) throws(AddressError) -> Value) throws(ConfigurationError) -> Value {
        let text = try text()
        do {
            return try parse(text)
        } catch {
            throw fail(error.description)
        }
    }

    func backend() throws(ConfigurationError) -> BackendKind {
        let text = try text()
        guard let kind = BackendKind(label: text) else {
            throw fail("\(quoted(text)) is not a backend; write vxlan, host-gw or alloc")
        }
        return kind
    }

    func deviceName() throws(ConfigurationError) -> String {
        let text = try text()
        guard text.utf8.count <= 15, text != ".", text != "..",
            !text.unicodeScalars.contains(where: { $0 == "/" || $0 == ":" || $0.properties.isWhitespace })
        else { throw fail("\(quoted(text)) is not a device name: at most 15 bytes without / : or white space") }
        return text
    }

    func seconds() throws(ConfigurationError) -> Duration {
        let text = try text()
        guard let seconds = Double(text), seconds > 0, seconds <= 3_600 else {
            throw fail("\(quoted(text)) is not a number of seconds above 0 and up to 3600")
        }
        return .nanoseconds(Int64(seconds * 1e9))
    }

    func name() throws(ConfigurationError) -> String {
        let text = try text()
        guard text.utf8.count <= NodeRecord.longestName else {
            throw fail("\(quoted(text)) has \(text.utf8.count) bytes; a name has 1 to \(NodeRecord.longestName)")
        }
        return text
    }

    func path() throws(ConfigurationError) -> String {
        let text = try text()
        guard text.utf8.count < 4_096 else { throw fail("is too long for a path; give at most 4095 bytes") }
        return text
    }

    /// The number of a group, by its name or number.
    func group() throws(ConfigurationError) -> UInt32 {
        let text = try text()
        if let number = UInt32(text) { return number }
        guard let entry = getgrnam(text) else {
            throw fail("\(quoted(text)) is no group of this machine; see getent group")
        }
        return entry.pointee.gr_gid
    }

    func expressions() throws(ConfigurationError) -> [String] {
        guard values.count <= Self.mostEntries, !values.contains("") else {
            throw fail("has an empty entry; remove it")
        }
        // Commas belong to regular expressions, so only whole values count.
        for value in values {
            do { _ = try Regex(value) } catch { throw fail("\(quoted(value)) is not a regular expression: \(error)") }
        }
        return values
    }

    func joinTargets() throws(ConfigurationError) -> [FeltdConfiguration.JoinTarget] {
        var targets: [FeltdConfiguration.JoinTarget] = []
        for text in try texts() {
            if JoinToken.isToken(text) {
                do { targets.append(.token(try JoinToken(parsing: text))) } catch { throw fail(error.description) }
            } else {
                do { targets.append(.host(try HostPort(parsing: text))) } catch { throw fail(error.description) }
            }
        }
        return targets
    }

    func bind(defaultPort: UInt16) throws(ConfigurationError) -> (AnyIPAddress?, UInt16) {
        let parsed = try parsed { text throws(AddressError) in try HostPort(parsing: text) }
        guard let address = try? AnyIPAddress(parsing: parsed.host) else {
            throw fail("\(quoted(parsed.host)) is not an address; write ADDRESS[:PORT], such as 0.0.0.0:8473")
        }
        return (address, parsed.port ?? defaultPort)
    }

    func logLevel() throws(ConfigurationError) -> Logger.Level {
        let text = try text()
        guard let level = Logger.Level(rawValue: text.lowercased()) else {
            let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw fail("\(quoted(text)) is not a log level; write one of \(known)")
        }
        return level
    }

    func logFormat() throws(ConfigurationError) -> LogFormat {
        let text = try text()
        guard let format = LogFormat(rawValue: text.lowercased()) else {
            throw fail("\(quoted(text)) is not a log format; write text or json")
        }
        return format
    }
}
