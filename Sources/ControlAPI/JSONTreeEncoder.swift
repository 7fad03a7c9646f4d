extension JSONValue {
    /// The tree of any encodable value, members in the order of their declaration: people read the output, and
    /// Foundation's encoder shuffles or sorts it. Dictionaries are sorted by key.
    package init(encoding value: some Encodable) throws {
        self = try JSONNode(encoding: value).value
    }
}

/// A tree under construction. Encoders and containers share it by reference, as Codable wants.
private final class JSONNode {
    private enum Content {
        case value(JSONValue)
        case array([JSONNode])
        case object([(key: String, node: JSONNode)])
    }

    private var content = Content.value(.null)

    init() {}

    init(_ value: JSONValue) { content = .value(value) }

    convenience init(any value: any Encodable) throws {
        try self.init(encoding: value)
    }

    /// Takes what JSON knows as it is, and lets the rest encode itself.
    convenience init(encoding value: some Encodable) throws {
        switch value {
        case let value as String: self.init(.string(value))
        case let value as Int: self.init(.number(value))
        case let value as Bool: self.init(.bool(value))
        case let value as Double: self.init(.number(value))
        case let value as JSONValue: self.init(value)
        case let value as any BinaryInteger: self.init(.number("\(value)"))
        case let value as Float: self.init(.number(Double(value)))
        case let value as [String: any Encodable]:
            self.init()
            content = .object(
                try value.sorted { $0.key < $1.key }.map { key, member in (key, try JSONNode(any: member)) })
        default:
            self.init()
            try value.encode(to: JSONTreeEncoder(node: self))
        }
    }

    var value: JSONValue {
        switch content {
        case .value(let value): value
        case .array(let nodes): .array(nodes.map(\.value))
        case .object(let members): .object(members.map { JSONValue.Member($0.key, $0.node.value) })
        }
    }

    var count: Int { if case .array(let nodes) = content { nodes.count } else { 0 } }

    func become(_ other: JSONNode) { content = other.content }

    func becomeObject() { if case .object = content {} else { content = .object([]) } }

    func becomeArray() { if case .array = content {} else { content = .array([]) } }

    func set(_ key: String, _ node: JSONNode) {
        guard case .object(var members) = content else { return }
        content = .value(.null)
        members.append((key, node))
        content = .object(members)
    }

    func append(_ node: JSONNode) {
        guard case .array(var nodes) = content else { return }
        content = .value(.null)
        nodes.append(node)
        content = .array(nodes)
    }
}

private struct JSONTreeEncoder: Encoder {
    let node: JSONNode
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedEncodingContainer<Key> {
        node.becomeObject()
        return KeyedEncodingContainer(KeyedContainer<Key>(node: node))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.becomeArray()
        return UnkeyedContainer(node: node)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleContainer(node: node) }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: JSONNode
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) { node.set(key.stringValue, JSONNode()) }

    mutating func encode(_ value: some Encodable, forKey key: Key) throws {
        node.set(key.stringValue, try JSONNode(encoding: value))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        nested(key).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { JSONTreeEncoder(node: node) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> JSONTreeEncoder {
        let child = JSONNode()
        node.set(key.stringValue, child)
        return JSONTreeEncoder(node: child)
    }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
    let node: JSONNode
    var codingPath: [any CodingKey] { [] }
    var count: Int { node.count }

    mutating func encodeNil() { node.append(JSONNode()) }
    mutating func encode(_ value: some Encodable) throws { node.append(try JSONNode(encoding: value)) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { nested() }

    private func nested() -> JSONTreeEncoder {
        let child = JSONNode()
        node.append(child)
        return JSONTreeEncoder(node: child)
    }
}

private struct SingleContainer: SingleValueEncodingContainer {
    let node: JSONNode
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil() { node.become(JSONNode()) }
    mutating func encode(_ value: some Encodable) throws { node.become(try JSONNode(encoding: value)) }
}
