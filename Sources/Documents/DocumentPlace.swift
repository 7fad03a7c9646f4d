internal import Addressing
internal import ControlAPI
internal import LeaseLedger

/// A value of a document with where it stands, so that whatever is wrong with it is said of the right place.
struct DocumentPlace {
    let file: String
    let name: String
    let value: JSONValue

    func error(_ problem: String) -> DocumentError { DocumentError(file, at: name, problem) }

    /// The member of this name; `nil` when it is absent or null.
    /// - Parameter anyCase: as flannel matches names, by Go's rules.
    func member(_ key: String, anyCase: Bool = false) throws -> DocumentPlace? {
        guard case .object(let members) = value else { throw error("is not an object; write {\"\(key)\": …}") }
        let found = members.first { anyCase ? $0.key.lowercased() == key.lowercased() : $0.key == key }
        guard let found, found.value != .null else { return nil }
        return DocumentPlace(file: file, name: name.isEmpty ? key : "\(name).\(key)", value: found.value)
    }

    func required(_ key: String) throws -> DocumentPlace {
        guard let member = try member(key) else { throw error("has no \"\(key)\"; add it") }
        return member
    }

    var elements: [DocumentPlace] {
        get throws {
            guard case .array(let elements) = value else { throw error("is not a list; write […]") }
            return elements.enumerated().map {
                DocumentPlace(file: file, name: "\(name)[\($0.offset)]", value: $0.element)
            }
        }
    }

    var text: String {
        get throws {
            guard case .string(let text) = value else { throw error("is not a text; write \"…\"") }
            return text
        }
    }

    var flag: Bool {
        get throws {
            guard case .bool(let flag) = value else { throw error("is neither true nor false; write one of them") }
            return flag
        }
    }

    func number<Value: FixedWidthInteger>(in range: ClosedRange<Value>) throws -> Value {
        guard case .number(let text) = value, let number = Value(text), range.contains(number) else {
            throw error("is not a whole number from \(range.lowerBound) to \(range.upperBound); write one")
        }
        return number
    }

    func parsed<Value>(_ parse: (String) throws -> Value) throws -> Value {
        let text = try text
        do {
            return try parse(text)
        } catch {
            throw self.error("\(error)")
        }
    }

    var bytes: [UInt8] {
        get throws {
            guard let bytes = DocumentFile.bytes(base64: try text) else {
                throw error("is not base64; export it again")
            }
            return bytes
        }
    }
}
