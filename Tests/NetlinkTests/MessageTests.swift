import Addressing
import NetworkTestSupport
import Testing

@testable import Netlink

@Suite struct MessageTests {
    /// RTM_NEWROUTE 10.244.78.0/24 via 10.244.78.0 dev 5 proto 70 onlink metric 7, as the kernel sends it.
    static let route: [UInt8] =
        // Length, type, flags, sequence, port.
        [60, 0, 0, 0, 24, 0, 2, 0, 9, 0, 0, 0, 0, 0, 0, 0]
        // The fixed header: family, lengths, tos, table, protocol, scope, type, RTNH_F_ONLINK.
        + [2, 24, 0, 0, 254, 70, 0, 1, 4, 0, 0, 0]
        + [8, 0, 1, 0, 10, 244, 78, 0]  // RTA_DST
        + [8, 0, 6, 0, 7, 0, 0, 0]  // RTA_PRIORITY
        + [8, 0, 5, 0, 10, 244, 78, 0]  // RTA_GATEWAY
        + [8, 0, 4, 0, 5, 0, 0, 0]  // RTA_OIF

    /// A refusal of request 3 with the kernel's text.
    static let refusal: [UInt8] =
        [52, 0, 0, 0, 2, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0]  // NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS
        // −EINVAL and the header of the request.
        + [0xEA, 0xFF, 0xFF, 0xFF] + [16, 0, 0, 0, 24, 0, 5, 0, 3, 0, 0, 0, 0, 0, 0, 0]
        + [15, 0, 1, 0] + Array("no such way".utf8) + [0]  // NLMSGERR_ATTR_MSG

    static func messages(_ bytes: [UInt8]) -> (notifications: [NetlinkNotification], isMalformed: Bool) {
        bytes.withUnsafeBytes { buffer in
            let all = NetlinkNotification.all(in: buffer)
            return (all.filter { $0 != .overrun }, all.contains(.overrun))
        }
    }

    @Test func `a route is read from the bytes of the kernel`() throws {
        let expected = Route(
            destination: try IPv4Block(parsing: "10.244.78.0/24"), gateway: try IPv4Address(parsing: "10.244.78.0"),
            interfaceIndex: 5, isOnLink: true, metric: 7, routeProtocol: 70)
        #expect(Self.messages(Self.route + Self.route).notifications == [.route(expected), .route(expected)])
    }

    @Test func `a refusal carries its errno and the text of the kernel`() throws {
        try Self.refusal.withUnsafeBytes { buffer in
            var messages = NetlinkMessages(buffer)
            let first = messages.next()
            let message = try #require(first)
            #expect(message.sequence == 3)
            #expect(message.errorReport() == (22, "no such way"))
        }
    }

    @Test(arguments: 0..<route.count)
    func `a message cut short is malformed and yields nothing`(length: Int) {
        let result = Self.messages(Array(Self.route.prefix(length)))
        #expect(result.notifications.isEmpty)
        #expect(result.isMalformed == (length > 0))
    }

    @Test(arguments: UInt64(0)..<2000)
    func `a lying message never traps`(seed: UInt64) {
        var random = TestRandom(state: seed)
        var bytes = seed % 2 == 0 ? Self.route + Self.route : Self.refusal + Self.route
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        // The types of interest, one after the other: each has its own fixed header and attributes.
        let types: [UInt8] = [2, 3, 16, 17, 20, 21, 24, 25, 28, 29]
        bytes[4] = types[Int(seed / 2) % types.count]
        bytes.withUnsafeBytes { buffer in
            _ = NetlinkNotification.all(in: buffer)
            var messages = NetlinkMessages(buffer)
            while let message = messages.next() { _ = message.errorReport() }
        }
    }

    @Test(arguments: UInt64(0)..<500)
    func `random bytes never trap`(seed: UInt64) {
        var random = TestRandom(state: seed)
        let count = Int.random(in: 0...200, using: &random)
        var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        if count >= 16 { bytes.replaceSubrange(0..<8, with: [UInt8(count), 0, 0, 0, UInt8(16 + seed % 16), 0, 0, 0]) }
        _ = Self.messages(bytes)
    }
}
