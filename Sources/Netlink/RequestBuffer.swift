internal import Addressing
internal import CNetlink
internal import Glibc

/// A bounded buffer of requests that go to the kernel in one datagram.
struct RequestBuffer: ~Copyable {
    private let storage: UnsafeMutableRawBufferPointer
    private var used = 0
    private(set) var count = 0
    private var last: UnsafeMutablePointer<nlmsghdr>?

    /// More than any one request takes: names are cut at 15 bytes, all else is of fixed size.
    private static let largestRequest = 512

    init(capacity: Int) {
        storage = .allocate(byteCount: max(capacity, Self.largestRequest), alignment: 8)
    }

    deinit { storage.deallocate() }

    var hasRoom: Bool { storage.count - used >= Self.largestRequest }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[..<used]) }

    mutating func removeAll() {
        used = 0
        count = 0
        last = nil
    }

    /// Asks for an acknowledgement of the last request; failures of the others come back unasked.
    mutating func acknowledgeLast() { last?.pointee.nlmsg_flags |= UInt16(NLM_F_ACK) }

    /// Appends a request; the caller has seen that there is room.
    mutating func append<Header: BitwiseCopyable>(
        type: Int, flags: Int32, sequence: UInt32, header: Header,
        attributes: (UnsafeMutablePointer<nlmsghdr>) -> Void = { _ in }
    ) {
        guard hasRoom, let start = storage.baseAddress, let message = mnl_nlmsg_put_header(start + used),
            let extra = mnl_nlmsg_put_extra_header(message, MemoryLayout<Header>.size)
        else { return }
        message.pointee.nlmsg_type = UInt16(truncatingIfNeeded: type)
        message.pointee.nlmsg_flags = UInt16(NLM_F_REQUEST | flags)
        message.pointee.nlmsg_seq = sequence
        extra.storeBytes(of: header, as: Header.self)
        attributes(message)
        used += Int(cnetlink_align(message.pointee.nlmsg_len))
        count += 1
        last = message
    }
}

/// Attributes of our value types, in network byte order where the kernel wants it.
extension UnsafeMutablePointer<nlmsghdr> {
    func put(_ type: Int, _ value: UInt8) { mnl_attr_put_u8(self, UInt16(type), value) }
    func put(_ type: Int, _ value: UInt32) { mnl_attr_put_u32(self, UInt16(type), value) }
    func put(_ type: Int, _ value: Int32) { mnl_attr_put_u32(self, UInt16(type), UInt32(bitPattern: value)) }
    func put(_ type: Int, _ value: IPv4Address) { mnl_attr_put_u32(self, UInt16(type), value.bits.bigEndian) }
    func put(_ type: Int, port: UInt16) { mnl_attr_put_u16(self, UInt16(type), port.bigEndian) }

    func put(_ type: Int, _ value: MACAddress) {
        withUnsafeBytes(of: (value.bits << 16).bigEndian) { mnl_attr_put(self, UInt16(type), 6, $0.baseAddress) }
    }

    /// A device's name or kind, cut at what the kernel takes (IFNAMSIZ, linux/if.h).
    func put(_ type: Int, name: String) {
        let bytes = Array(name.utf8.prefix(15)) + [0]
        mnl_attr_put(self, UInt16(type), bytes.count, bytes)
    }

    /// Free text, cut so that the request stays within its bound.
    func put(_ type: Int, alias: String) {
        let bytes = Array(alias.utf8.prefix(64))
        mnl_attr_put(self, UInt16(type), bytes.count, bytes)
    }

    func nest(_ type: Int, _ body: () -> Void) {
        let nest = mnl_attr_nest_start(self, UInt16(type))
        body()
        mnl_attr_nest_end(self, nest)
    }
}
