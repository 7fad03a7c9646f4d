import Testing

@testable import Addressing

@Suite struct AddressTests {
    @Test(arguments: ["0.0.0.0", "10.244.1.7", "255.255.255.255"])
    func `an IPv4 address survives text and network bytes`(text: String) throws {
        let address = try IPv4Address(parsing: text)
        #expect(address.description == text)
        #expect(IPv4Address(networkBytes: address.networkBytes) == address)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "01.2.3.4", " 1.2.3.4", "1.2.3.4\0"])
    func `what is not an IPv4 address is refused`(text: String) {
        #expect(throws: AddressError.self) { try IPv4Address(parsing: text) }
    }

    @Test(arguments: ["62:77:9a:41:db:05", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"])
    func `a MAC address survives text and network bytes`(text: String) throws {
        let address = try MACAddress(parsing: text)
        #expect(address.description == text)
        #expect(MACAddress(networkBytes: address.networkBytes) == address)
    }

    @Test(arguments: [
        "", "62:77:9a:41:db", "62:77:9a:41:db:05:06", "6:77:9a:41:db:05", "+2:77:9a:41:db:05", "zz:77:9a:41:db:05",
    ])
    func `what is not a MAC address is refused`(text: String) {
        #expect(throws: AddressError.self) { try MACAddress(parsing: text) }
    }

    @Test(arguments: [UInt64.min, 1, 0xFFFF_FFFF_FFFF_FFFF])
    func `a made MAC address is unicast and locally administered`(random: UInt64) {
        let address = MACAddress(locallyAdministered: random)
        #expect(address.isUnicast)
        #expect(address.bits >> 40 & 2 == 2)
        #expect(address.bits >> 48 == 0)
    }

    @Test(
        arguments: [
            ("a", "a", nil), ("a:1", "a", 1), ("10.0.0.1:8473", "10.0.0.1", 8473), ("fd00::1", "fd00::1", nil),
            ("[fd00::1]", "fd00::1", nil), ("[fd00::1]:99", "fd00::1", 99),
        ] as [(String, String, UInt16?)])
    func `host and port are told apart`(text: String, host: String, port: UInt16?) throws {
        let parsed = try HostPort(parsing: text)
        #expect(parsed.host == host)
        #expect(parsed.port == port)
    }

    @Test(arguments: ["", ":1", "a:0", "a:70000", "a:x", "a b", "a\n"])
    func `what is not a host is refused`(text: String) {
        #expect(throws: AddressError.self) { try HostPort(parsing: text) }
    }

    @Test func `untrusted text is shown on one line with control characters escaped`() {
        #expect(quoted("a\u{1B}[2J\n\"") == #""a\u{1B}[2J\n\"""#)
    }
}
