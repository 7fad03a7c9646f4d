internal import Addressing
internal import CNetlink
internal import Glibc

/// One netlink message whose length has been checked. It borrows the datagram it was found in.
package struct NetlinkMessage {
    /// RTM_NEWLINK, NLMSG_DONE and so on.
    package var type: UInt16
    package var flags: UInt16
    package var sequence: UInt32
    /// What follows the sixteen bytes of the header.
    package var payload: UnsafeRawBufferPointer

    /// The family's fixed header at the front of the payload; `nil` when the payload is shorter.
    func header<Header: BitwiseCopyable>(_: Header.Type) -> Header? {
        guard payload.count >= MemoryLayout<Header>.size else { return nil }
        return payload.loadUnaligned(as: Header.self)
    }

    /// The attributes that follow a fixed header of this size.
    func attributes(after size: Int) -> AttributeList {
        AttributeList(payload.suffix(from: size, aligned: true))
    }

    /// The positive errno (0: an acknowledgement) and the kernel's text, of a message of type NLMSG_ERROR.
    func errorReport() -> (code: Int32, text: String?) {
        guard let code = payload.integer(at: 0, as: Int32.self), code <= 0, code > -4096 else { return (EBADMSG, nil) }
        let echoed = 4 + Int(cnetlink_message_header_length)
        guard flags & UInt16(NLM_F_ACK_TLVS) != 0, payload.count >= echoed else { return (-code, nil) }
        var length = echoed
        if flags & UInt16(NLM_F_CAPPED) == 0, let whole = payload.integer(at: 4, as: UInt32.self) {
            length = 4 + max(Int(whole), Int(cnetlink_message_header_length))
        }
        for attribute in attributes(after: length) where attribute.type == UInt16(NLMSGERR_ATTR_MSG.rawValue) {
            return (-code, attribute.value.text)
        }
        return (-code, nil)
    }
}

/// The messages of one datagram. Iteration ends at the first that lies about its length; `isMalformed` then says so.
package struct NetlinkMessages: IteratorProtocol {
    private var rest: UnsafeRawBufferPointer
    package private(set) var isMalformed = false

    package init(_ datagram: UnsafeRawBufferPointer) { rest = datagram }

    package mutating func next() -> NetlinkMessage? {
        guard !rest.isEmpty else { return nil }
        guard let header = NetlinkMessage(type: 0, flags: 0, sequence: 0, payload: rest).header(nlmsghdr.self),
            header.nlmsg_len >= cnetlink_message_header_length, Int(header.nlmsg_len) <= rest.count
        else {
            isMalformed = true
            return nil
        }
        let length = Int(header.nlmsg_len)
        let payload = UnsafeRawBufferPointer(rebasing: rest[Int(cnetlink_message_header_length)..<length])
        rest = rest.suffix(from: length, aligned: true)
        return NetlinkMessage(
            type: header.nlmsg_type, flags: header.nlmsg_flags, sequence: header.nlmsg_seq, payload: payload)
    }
}

/// The attributes of a message or of a nest. Iteration ends at the first that lies about its length.
struct AttributeList: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    mutating func next() -> (type: UInt16, value: UnsafeRawBufferPointer)? {
        guard let length = rest.integer(at: 0, as: UInt16.self), let type = rest.integer(at: 2, as: UInt16.self),
            length >= cnetlink_attribute_header_length, Int(length) <= rest.count
        else { return nil }
        let value = UnsafeRawBufferPointer(rebasing: rest[Int(cnetlink_attribute_header_length)..<Int(length)])
        rest = rest.suffix(from: Int(length), aligned: true)
        return (type & cnetlink_attribute_type_mask, value)
    }
}

extension UnsafeRawBufferPointer {
    /// An integer in host byte order; `nil` when it does not lie within the bytes.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as: Value.Type) -> Value? {
        guard offset >= 0, count >= MemoryLayout<Value>.size, offset <= count - MemoryLayout<Value>.size else {
            return nil
        }
        return loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// What follows the first `size` bytes, rounded up to the alignment of netlink; empty when there is nothing.
    func suffix(from size: Int, aligned: Bool) -> Self {
        let start = aligned ? (size + 3) & ~3 : size
        guard start >= 0, start < count else { return Self(start: nil, count: 0) }
        return Self(rebasing: self[start...])
    }

    /// Whether a one-byte switch is on.
    var isOn: Bool { first.map { $0 != 0 } ?? false }

    var ipv4: IPv4Address? {
        guard count == 4, let bits = integer(at: 0, as: UInt32.self) else { return nil }
        return IPv4Address(bits: UInt32(bigEndian: bits))
    }

    var mac: MACAddress? {
        guard count == 6, let high = integer(at: 0, as: UInt32.self), let low = integer(at: 4, as: UInt16.self) else {
            return nil
        }
        return MACAddress(bits: UInt64(UInt32(bigEndian: high)) << 16 | UInt64(UInt16(bigEndian: low)))
    }

    /// Text up to the first zero byte.
    var text: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }
}
