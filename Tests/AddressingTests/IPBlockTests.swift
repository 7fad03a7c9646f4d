import Testing

@testable import Addressing

@Suite struct IPBlockTests {
    @Test(arguments: ["0.0.0.0/0", "10.244.0.0/16", "10.3.1.0/24", "255.255.255.255/32"])
    func `a valid IPv4 block prints as it was written`(text: String) throws {
        #expect(try IPv4Block(parsing: text).description == text)
    }

    @Test(arguments: ["::/0", "fc00::/48", "fd00:12:13::/56", "2001:db8::1/128"])
    func `a valid IPv6 block prints as it was written`(text: String) throws {
        #expect(try IPv6Block(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "/", "10.0.0.0", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8", "a/8", "10.0.0.0/8/8",
    ])
    func `what is not a block is refused and named`(text: String) {
        let error = #expect(throws: AddressError.self) { try IPv4Block(parsing: text) }
        #expect(error?.description.contains("is not an IPv4") == true)
    }

    @Test func `set host bits are refused with the network that was probably meant`() {
        #expect(throws: AddressError.hostBitsSet(text: "10.244.1.0/16", suggestion: "10.244.0.0/16")) {
            try IPv4Block(parsing: "10.244.1.0/16")
        }
    }

    @Test func `a prefix longer than the family is refused`() {
        #expect(throws: AddressError.prefixLengthOutOfRange(text: "10.0.0.0/33", most: 32)) {
            try IPv4Block(parsing: "10.0.0.0/33")
        }
    }

    @Test(arguments: 0..<200)
    func `a block contains exactly the addresses between its base and its last`(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        let address = IPv4Address(bits: UInt32.random(in: 0...UInt32.max, using: &random))
        let block = try #require(IPv4Block(containing: address, prefixLength: Int.random(in: 0...32, using: &random)))
        let other = IPv4Address(bits: UInt32.random(in: 0...UInt32.max, using: &random))
        #expect(block.contains(address))
        #expect(block.contains(other) == (block.base...block.last).contains(other), "seed \(seed)")
    }

    @Test(arguments: 0..<200)
    func `two blocks overlap when one contains the other`(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        let blocks = try (0..<2).map { _ in
            try #require(
                IPv4Block(
                    containing: IPv4Address(bits: UInt32.random(in: 0..<16, using: &random) << 28),
                    prefixLength: Int.random(in: 0...5, using: &random)))
        }
        let expected = blocks[0].base <= blocks[1].last && blocks[1].base <= blocks[0].last
        #expect(blocks[0].overlaps(blocks[1]) == expected, "seed \(seed)")
    }
}

/// SplitMix64: a seeded generator, so that a failing case can be repeated.
struct TestRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
