internal import Addressing

/// A request as it came in, its parameters not yet understood.
package struct ControlRequest: Codable, Hashable, Sendable {
    package var id: Int64
    package var method: String
    package var params: JSONValue?

    package init(id: Int64, method: String, params: JSONValue? = nil) {
        self.id = id
        self.method = method
        self.params = params
    }

    /// Parses one line.
    package init(line: some Collection<UInt8>) throws(ControlError) {
        do {
            self = try JSONLine.decode(Self.self, from: line)
        } catch {
            throw ControlError(
                .badRequest,
                "bad request: \(JSONLine.explain(error)); write {\"id\":1,\"method\":\"list\"} on one line")
        }
    }

    /// The parameters as `method` wants them; none is the same as {}.
    package func parameters<Value: Decodable>(as _: Value.Type = Value.self) throws(ControlError) -> Value {
        do {
            return try JSONLine.decode(Value.self, from: (params ?? .object([])).line.utf8)
        } catch {
            throw ControlError(.badRequest, "bad params of \(quoted(method)): \(JSONLine.explain(error))")
        }
    }
}
