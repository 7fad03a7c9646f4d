import NetworkTestSupport
import Testing

@testable import Netlink

@Suite struct FirewallMonitorTests {
    @Test(arguments: ["delete table ip felt", "flush ruleset", "add chain ip felt more", "flush table ip felt"])
    func `a change of the table is told`(change: String) throws {
        try inPrivateNamespace {
            try shell("nft add table ip felt; nft add chain ip felt c; nft add rule ip felt c accept")
            let listening = try FirewallMonitor(table: "felt")
            try shell("nft '\(change)'")
            #expect(try listening.next())
            listening.cancellation.cancel()
            #expect(try !listening.next())
        }
    }

    @Test(arguments: [
        (UInt16(0x0A02), UInt8(2), "felt", true), (0x0A00, 2, "felt", true), (0x0A08, 2, "felt", true),
        (0x0A02, 10, "felt", false), (0x0A02, 1, "felt", false), (0x0A02, 2, "felt2", false),
        (0x0A0F, 2, "felt", false), (0x0B02, 2, "felt", false),
    ])
    func `those of others are not`(type: UInt16, family: UInt8, table: String, expected: Bool) {
        let name = Array(table.utf8) + [0]
        var bytes: [UInt8] = [family, 0, 0, 0, UInt8(4 + name.count), 0, 1, 0]
        bytes += name
        bytes.withUnsafeBytes { bytes in
            let message = NetlinkMessage(type: type, flags: 0, sequence: 0, payload: bytes)
            #expect(message.concernsTable("felt") == expected)
            for length in 0..<8 {
                let cut = UnsafeRawBufferPointer(rebasing: bytes[..<length])
                #expect(!NetlinkMessage(type: type, flags: 0, sequence: 0, payload: cut).concernsTable("felt"))
            }
        }
    }
}
