internal import FoundationEssentials

/// Lines of JSON, as both ends of the control socket read and write them.
package enum JSONLine {
    /// The value as one line of UTF-8, without a line break.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try JSONValue(encoding: value).line.utf8)
    }

    package static func decode<Value: Decodable>(_: Value.Type, from line: some Collection<UInt8>) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(line))
    }

    /// What is wrong with a text that did not decode, in one sentence.
    package static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, _): "\"\(key.stringValue)\" is missing"
        case .typeMismatch(_, let context) where !context.codingPath.isEmpty: "\"\(path(context))\" has the wrong type"
        case .valueNotFound(_, let context) where !context.codingPath.isEmpty: "\"\(path(context))\" is null"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty: "\"\(path(context))\" has a wrong value"
        default: "not a JSON object"
        }
    }
}
