import Testing

@testable import Agent

/// A configuration from the places that a test names.
func configure(
    _ flags: [Setting: [String]] = [:], environment: [String: String] = [:], config: String? = nil,
    hostName: String? = "machine"
) throws(ConfigurationError) -> FeltdConfiguration {
    try FeltdConfiguration(flags: flags, configPath: config, environment: environment, hostName: hostName)
}

/// The error of a configuration that must not be taken, as its one line.
func refusal(
    _ flags: [Setting: [String]] = [:], environment: [String: String] = [:], config: String? = nil,
    at location: SourceLocation = #_sourceLocation
) throws -> String {
    let error = #expect(throws: ConfigurationError.self, sourceLocation: location) {
        try configure(flags, environment: environment, config: config)
    }
    let line = try #require(error, sourceLocation: location).description
    #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control }, sourceLocation: location)
    return line
}
