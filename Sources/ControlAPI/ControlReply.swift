/// An answer, before it is given the id of its request.
package enum ControlReply: Sendable {
    /// JSON on one line.
    case result([UInt8])
    case failure(ControlError)

    /// Encodes a result; one that cannot be encoded becomes a failure.
    package init(_ result: some Encodable) {
        do {
            self = .result(try JSONLine.encode(result))
        } catch {
            self = .failure(ControlError(.failed, "the result could not be written as JSON: \(error)"))
        }
    }

    /// The whole line, its break included.
    /// - Parameter id: `nil` when the request had none that could be read.
    package func line(id: Int64?) -> [UInt8] {
        var line = Array("{\"id\":\(id.map(String.init) ?? "null"),".utf8)
        switch self {
        case .result(let json):
            line += Array("\"result\":".utf8)
            line += json
        case .failure(let error):
            let members = [
                JSONValue.Member("code", .string(error.code.rawValue)), .init("message", .string(error.message)),
            ]
            line += Array("\"error\":\(JSONValue.object(members).line)".utf8)
        }
        line += Array("}\n".utf8)
        return line
    }
}

/// An answer as the client reads it.
struct ControlAnswer<Result: Decodable>: Decodable {
    var id: Int64?
    var result: Result?
    var error: ControlError?
}

/// To whom an answer goes, whatever it says.
struct ControlAnswerHeader: Decodable {
    var id: Int64
}
