package import Addressing
internal import CNetlink
internal import Glibc

/// Tells the kernel which notifications to leave out, so that nobody wakes up for what others do all day: a filter of the
/// socket (socket(7), SO_ATTACH_FILTER). Any thread may change it while another reads the socket.
package final class NotificationGate: Sendable {
    /// What is let through. Links, addresses and whatever is not understood always are.
    package struct Rule: Hashable, Sendable {
        /// The port of the socket whose own changes are left out (netlink(7), nl_pid): who made them knows them.
        package var requester: UInt32
        /// The device whose neighbours and forwarding entries count; `nil`: every device's.
        package var deviceIndex: Int32?
        /// Routes count when they are into this network, of this protocol, or default routes; `nil`: all.
        package var routes: (network: IPv4Block, routeProtocol: UInt8)?

        package init(
            requester: UInt32, deviceIndex: Int32? = nil, routes: (network: IPv4Block, routeProtocol: UInt8)? = nil
        ) {
            self.requester = requester
            self.deviceIndex = deviceIndex
            self.routes = routes
        }

        package static func == (left: Rule, right: Rule) -> Bool {
            left.requester == right.requester && left.deviceIndex == right.deviceIndex
                && left.routes?.network == right.routes?.network
                && left.routes?.routeProtocol == right.routes?.routeProtocol
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(requester)
            hasher.combine(deviceIndex)
            hasher.combine(routes?.network)
        }
    }

    /// A second descriptor of the socket, so that it outlives no reader and no reader outlives it.
    private let descriptor: Int32

    /// `nil` when the process has no descriptor left.
    init?(of socket: Int32) {
        descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        if descriptor < 0 { return nil }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Lets through what the rule says from now on.
    /// - Returns: whether the kernel took it; if not, everything goes on coming through.
    @discardableResult
    package func admit(_ rule: Rule) -> Bool {
        var program = rule.program
        return program.withUnsafeMutableBufferPointer { instructions in
            var filter = sock_fprog(len: UInt16(instructions.count), filter: instructions.baseAddress)
            return setsockopt(
                descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &filter, socklen_t(MemoryLayout<sock_fprog>.size)) == 0
        }
    }
}

/// Classic BPF (linux/filter.h) over one notification: nlmsghdr, then rtmsg or ndmsg. Loads of more than a byte are
/// big-endian, netlink's integers are the host's.
extension NotificationGate.Rule {
    private enum Offset {
        static let type: UInt32 = 4
        static let port: UInt32 = 12
        static let destinationLength: UInt32 = 17
        static let routeProtocol: UInt32 = 21
        static let neighbourInterface: UInt32 = 20
        /// Behind nlmsghdr and rtmsg.
        static let routeAttributes: UInt32 = 28
    }

    var program: [sock_filter] {
        var code = Assembler()
        if requester != 0 {
            code.load(word: Offset.port)
            code.drop(ifEqual: requester.bigEndian)
        }
        code.load(half: Offset.type)
        if let deviceIndex {
            code.skipUnless([RTM_NEWNEIGH, RTM_DELNEIGH]) { code in
                code.load(word: Offset.neighbourInterface)
                code.accept(ifEqual: UInt32(bitPattern: deviceIndex).bigEndian)
                code.drop()
            }
        }
        if let routes {
            code.skipUnless([RTM_NEWROUTE, RTM_DELROUTE]) { code in
                code.load(byte: Offset.routeProtocol)
                code.accept(ifEqual: UInt32(routes.routeProtocol))
                code.load(byte: Offset.destinationLength)
                code.accept(ifEqual: 0)
                code.findAttribute(UInt32(RTA_DST.rawValue), from: Offset.routeAttributes)
                code.accept(ifEqual: 0)
                code.loadWordOfAttribute()
                code.mask(routes.network.prefixLength == 0 ? 0 : .max << UInt32(32 - routes.network.prefixLength))
                code.accept(ifEqual: routes.network.base.bits)
                code.drop()
            }
        }
        code.accept()
        return code.instructions
    }
}

private struct Assembler {
    private(set) var instructions: [sock_filter] = []

    mutating func emit(_ code: Int32, _ operand: UInt32 = 0, true yes: UInt8 = 0, false no: UInt8 = 0) {
        instructions.append(sock_filter(code: UInt16(code), jt: yes, jf: no, k: operand))
    }

    mutating func load(word offset: UInt32) { emit(BPF_LD | BPF_W | BPF_ABS, offset) }
    mutating func load(half offset: UInt32) { emit(BPF_LD | BPF_H | BPF_ABS, offset) }
    mutating func load(byte offset: UInt32) { emit(BPF_LD | BPF_B | BPF_ABS, offset) }
    mutating func mask(_ bits: UInt32) { emit(BPF_ALU | BPF_AND | BPF_K, bits) }
    mutating func accept() { emit(BPF_RET | BPF_K, .max) }
    mutating func drop() { emit(BPF_RET | BPF_K, 0) }

    mutating func accept(ifEqual value: UInt32) {
        emit(BPF_JMP | BPF_JEQ | BPF_K, value, false: 1)
        accept()
    }

    mutating func drop(ifEqual value: UInt32) {
        emit(BPF_JMP | BPF_JEQ | BPF_K, value, false: 1)
        drop()
    }

    /// The offset of an attribute, 0 when it is not there.
    mutating func findAttribute(_ type: UInt32, from offset: UInt32) {
        emit(BPF_LDX | BPF_W | BPF_IMM, type)
        emit(BPF_LD | BPF_W | BPF_IMM, offset)
        emit(BPF_LD | BPF_W | BPF_ABS, UInt32(bitPattern: SKF_AD_OFF + SKF_AD_NLATTR))
    }

    /// The first four bytes of what `findAttribute` has found.
    mutating func loadWordOfAttribute() {
        emit(BPF_MISC | BPF_TAX)
        emit(BPF_LD | BPF_W | BPF_IND, cnetlink_attribute_header_length)
    }

    /// Runs `body`, which returns, for messages of one of these types; the type is in the accumulator, before and after.
    mutating func skipUnless(_ types: [Int], _ body: (inout Assembler) -> Void) {
        var inner = Assembler()
        body(&inner)
        for (index, type) in types.enumerated() {
            let isLast = index == types.count - 1
            let value = UInt32(UInt16(truncatingIfNeeded: type).bigEndian)
            emit(
                BPF_JMP | BPF_JEQ | BPF_K, value, true: UInt8(types.count - 1 - index),
                false: isLast ? UInt8(inner.instructions.count) : 0)
        }
        instructions += inner.instructions
    }
}
