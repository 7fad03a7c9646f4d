internal import CNetlink
internal import Glibc

/// The netlink messages in one datagram (linux/netlink.h). A length that does not fit ends the iteration.
struct NetlinkMessages: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    struct Message {
        let type: Int32
        let flags: Int32
        let sequence: UInt32
        /// What follows the 16-byte header.
        let payload: UnsafeRawBufferPointer

        func attributes(after fixed: Int) -> Attributes {
            let start = (fixed + 3) & ~3
            return Attributes(start <= payload.count ? UnsafeRawBufferPointer(rebasing: payload[start...]) : .empty)
        }

        /// NLMSG_ERROR's positive errno (0: an acknowledgement) and the kernel's text.
        var failure: (code: Int32, text: String?) {
            guard let code = payload.load(Int32.self, at: 0), payload.count >= 20 else { return (EBADMSG, nil) }
            let positive = code > Int32.min ? abs(code) : EBADMSG
            guard flags & Int32(NLM_F_ACK_TLVS) != 0 else { return (positive, nil) }
            let isCapped = flags & Int32(NLM_F_CAPPED) != 0
            let echoed = isCapped ? 16 : Int(payload.load(UInt32.self, at: 4) ?? 16)
            for attribute in attributes(after: 4 + echoed) where attribute.type == Int32(NLMSGERR_ATTR_MSG.rawValue) {
                return (positive, attribute.text)
            }
            return (positive, nil)
        }
    }

    mutating func next() -> Message? {
        guard let length = rest.load(UInt32.self, at: 0).map(Int.init), length >= 16, length <= rest.count,
            let type = rest.load(UInt16.self, at: 4), let flags = rest.load(UInt16.self, at: 6),
            let sequence = rest.load(UInt32.self, at: 8)
        else { return nil }
        let message = Message(
            type: Int32(type), flags: Int32(flags), sequence: sequence,
            payload: UnsafeRawBufferPointer(rebasing: rest[16..<length]))
        rest = UnsafeRawBufferPointer(rebasing: rest[Swift.min((length + 3) & ~3, rest.count)...])
        return message
    }
}

/// A sequence of attributes (struct nlattr); the nested and byte-order bits of the type are cut off.
struct Attributes: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    struct Attribute {
        let type: Int32
        let bytes: UnsafeRawBufferPointer

        var text: String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
        var nested: Attributes { Attributes(bytes) }
        var unsigned8: UInt8? { bytes.load(UInt8.self, at: 0) }
        var unsigned32: UInt32? { bytes.load(UInt32.self, at: 0) }
        /// Network byte order.
        var big16: UInt16? { bytes.load(UInt16.self, at: 0).map { UInt16(bigEndian: $0) } }
        var big32: UInt32? { bytes.count == 4 ? bytes.load(UInt32.self, at: 0).map { UInt32(bigEndian: $0) } : nil }
    }

    mutating func next() -> Attribute? {
        guard let length = rest.load(UInt16.self, at: 0).map(Int.init), length >= 4, length <= rest.count,
            let type = rest.load(UInt16.self, at: 2)
        else { return nil }
        let value = UnsafeRawBufferPointer(rebasing: rest[4..<length])
        rest = UnsafeRawBufferPointer(rebasing: rest[Swift.min((length + 3) & ~3, rest.count)...])
        return Attribute(type: Int32(type & cnetlink_attribute_type_mask), bytes: value)
    }
}

extension UnsafeRawBufferPointer {
    static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

    /// `nil` when it is not all there.
    func load<Value: BitwiseCopyable>(_: Value.Type, at offset: Int) -> Value? {
        guard offset >= 0, count - offset >= MemoryLayout<Value>.size else { return nil }
        return loadUnaligned(fromByteOffset: offset, as: Value.self)
    }
}
