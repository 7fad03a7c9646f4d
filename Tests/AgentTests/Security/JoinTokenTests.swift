import Addressing
import Testing

@testable import Agent

@Suite struct JoinTokenTests {
    private func token(seeds: Int) throws -> JoinToken {
        let texts = ["10.0.0.1", "fd00::1", "192.168.5.6"]
        let seeds = try (0..<seeds).map {
            Endpoint(address: try AnyIPAddress(parsing: texts[$0 % 3]), port: UInt16(8473 + $0))
        }
        return JoinToken(key: ClusterKey(), clusterID: 0x0123_4567_89AB_CDEF, seeds: seeds)
    }

    @Test(arguments: 0...8) func `a token survives its text`(seeds: Int) throws {
        let token = try token(seeds: seeds)
        #expect(token.text.hasPrefix("felt1-") && JoinToken.isToken(token.text))
        #expect(try JoinToken(parsing: token.text) == token)
        #expect(token.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ",") })
    }

    @Test func `more seeds than fit are left out`() throws {
        #expect(try token(seeds: 20).seeds.count == 8)
    }

    @Test func `one changed, lost or added character is noticed`() throws {
        let text = Array(try token(seeds: 2).text.utf8)
        for position in 6..<text.count {
            for replacement in [UInt8(ascii: "A"), UInt8(ascii: "_"), UInt8(ascii: "7"), UInt8(ascii: "=")]
            where replacement != text[position] {
                var broken = text
                broken[position] = replacement
                expectDamaged(broken)
            }
            var shorter = text
            shorter.remove(at: position)
            // One of two equal neighbours lost is the same loss.
            if shorter != text { expectDamaged(shorter) }
        }
        for length in 6..<text.count { expectDamaged(Array(text.prefix(length))) }
        for addition in ["A", "=", " ", "\n"] { expectDamaged(text + Array(addition.utf8)) }
    }

    private func expectDamaged(_ bytes: [UInt8], at location: SourceLocation = #_sourceLocation) {
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(throws: JoinTokenError.damaged, "\(text)", sourceLocation: location) { try JoinToken(parsing: text) }
    }

    @Test(arguments: ["felt2-AAAAAAAAAAAAAAAAAAAAAAAA", "felt10-AAAAAAAAAAAAAAAAAAAAAAAA"])
    func `a later release's token is told from a damaged one`(text: String) {
        #expect(JoinToken.isToken(text))
        #expect(throws: JoinTokenError.unknownKind) { try JoinToken(parsing: text) }
    }

    @Test(arguments: [
        "", "felt", "felt1", "felt1-", "felt1-host", "felt-gateway-in-the-second-cellar",
        "felt1-node.example.internal.lan",
        "felt1-a-host-with-a-long-name:8473", "10.0.0.1", "fd00::1",
    ])
    func `a host is no token`(text: String) { #expect(!JoinToken.isToken(text)) }
}
