package import Addressing

/// Why bytes from outside are not what they should be.
package enum DecodingFailure: Error, Equatable, Sendable {
    case truncated
    case lengthOutOfRange
    case valueOutOfRange
    case unknownFormat(UInt8)
}

/// Reads big-endian fields from bytes that somebody else wrote. Allocates only for what is really there.
package struct ByteReader: ~Copyable {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    package init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    package var remaining: Int { bytes.endIndex - position }

    private mutating func read<Value: FixedWidthInteger & BitwiseCopyable>() throws(DecodingFailure) -> Value {
        let size = Value.bitWidth / 8
        guard remaining >= size else { throw .truncated }
        let offset = position - bytes.startIndex
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Value.self) }
        position += size
        return Value(bigEndian: value)
    }

    // Other modules would call the generic function unspecialised, at many times the cost.
    package mutating func integer(_: UInt8.Type = UInt8.self) throws(DecodingFailure) -> UInt8 { try read() }
    package mutating func integer(_: UInt16.Type = UInt16.self) throws(DecodingFailure) -> UInt16 { try read() }
    package mutating func integer(_: UInt32.Type = UInt32.self) throws(DecodingFailure) -> UInt32 { try read() }
    package mutating func integer(_: UInt64.Type = UInt64.self) throws(DecodingFailure) -> UInt64 { try read() }
    package mutating func integer(_: UInt128.Type = UInt128.self) throws(DecodingFailure) -> UInt128 { try read() }

    package mutating func slice(_ count: Int) throws(DecodingFailure) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw .truncated }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A length in one byte, then UTF-8 without control characters.
    package mutating func text(longest: Int) throws(DecodingFailure) -> String {
        let count = Int(try integer(UInt8.self))
        guard count <= longest else { throw .lengthOutOfRange }
        let utf8 = try slice(count)
        guard let text = String(validating: utf8, as: UTF8.self) else { throw .valueOutOfRange }
        // Most names are plain ASCII, and Unicode's properties are slow to look up.
        let isPlain = utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        guard isPlain || !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .valueOutOfRange
        }
        return text
    }

    package mutating func nodeID() throws(DecodingFailure) -> NodeID { NodeID(bits: try integer()) }

    /// A family byte (4 or 6), then the address.
    package mutating func address() throws(DecodingFailure) -> AnyIPAddress {
        switch try integer(UInt8.self) {
        case 4: .v4(IPv4Address(bits: try integer()))
        case 6: .v6(IPv6Address(bits: try integer()))
        default: throw .valueOutOfRange
        }
    }

    package mutating func endpoint() throws(DecodingFailure) -> Endpoint {
        Endpoint(address: try address(), port: try integer())
    }
}

/// Writes what `ByteReader` reads.
package struct ByteWriter {
    private var written: [UInt8] = []

    package init(reserving capacity: Int = 0) { written.reserveCapacity(capacity) }

    package var bytes: [UInt8] { written }
    package var count: Int { written.count }

    /// Takes back what was written beyond `count` bytes.
    package mutating func truncate(to count: Int) { written.removeLast(written.count - count) }

    /// Writes over two bytes that were written before.
    package mutating func overwrite(at offset: Int, with value: UInt16) {
        written[offset] = UInt8(truncatingIfNeeded: value >> 8)
        written[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    package mutating func integer(_ value: UInt8) { written.append(value) }
    package mutating func integer(_ value: UInt16) { append(value) }
    package mutating func integer(_ value: UInt32) { append(value) }
    package mutating func integer(_ value: UInt64) { append(value) }
    package mutating func integer(_ value: UInt128) { append(value) }

    private mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { written.append(contentsOf: $0) }
    }

    package mutating func raw(_ more: [UInt8]) { written.append(contentsOf: more) }
    package mutating func raw(_ more: ArraySlice<UInt8>) { written.append(contentsOf: more) }

    /// At most 255 bytes of UTF-8, behind their count.
    package mutating func text(_ text: String) {
        let utf8 = Array(text.utf8.prefix(255))
        integer(UInt8(utf8.count))
        raw(utf8)
    }

    package mutating func nodeID(_ nodeID: NodeID) { integer(nodeID.bits) }

    package mutating func address(_ address: AnyIPAddress) {
        switch address {
        case .v4(let address):
            integer(UInt8(4))
            integer(address.bits)
        case .v6(let address):
            integer(UInt8(6))
            integer(address.bits)
        }
    }

    package mutating func endpoint(_ endpoint: Endpoint) {
        address(endpoint.address)
        integer(endpoint.port)
    }
}
