internal import Testing

/// One start that must fail: what is given, and the words of the one line on standard error.
struct BadStart: Sendable, CustomTestStringConvertible {
    var name: String
    var arguments: [String] = []
    var environment: [String: String] = [:]
    /// Files made before, by their name in the node's folder; "@name" in the arguments becomes their path.
    var files: [String: String] = [:]
    var modes: [String: UInt32] = [:]
    /// A program that starts feltd with fewer rights.
    var wrapper: [String] = []
    var status: Int32 = 64
    var words: [String]

    var testDescription: String { name }
}
