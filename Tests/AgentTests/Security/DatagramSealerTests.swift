import Glibc
import Testing

@testable import Agent

@Suite struct DatagramSealerTests {
    private typealias Rejection = DatagramSealer.Rejection

    private static func sealer(_ keys: ClusterKey...) throws -> DatagramSealer {
        let ring: KeyRing = try #require(KeyRing(keys))
        return DatagramSealer(ring: ring)
    }

    private func reason(_ sealer: DatagramSealer, _ datagram: [UInt8]) -> Rejection? {
        do throws(Rejection) {
            _ = try sealer.open(datagram)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0, 1, 200, 1364]) func `what is sealed opens again, at a cost of 36 bytes`(length: Int) throws {
        let sealer = try Self.sealer(ClusterKey())
        var random = TestRandom(state: UInt64(length))
        let plaintext = random.bytes(length)
        let datagram = sealer.seal(plaintext)
        #expect(sealer.overhead == 36 && datagram.count == length + 36)
        #expect(datagram.starts(with: [0x46, 0x4C, 1, 0]))
        #expect(try sealer.open(datagram) == plaintext)
        #expect(sealer.seal(plaintext) != datagram, "a nonce is used once")
    }

    @Test func `a datagram of another implementation of RFC 8439 opens, its header authenticated`() throws {
        let golden =
            "464c0100b53ae5d6000102030405060708090a0be19e646"
            + "c463b8526d2ef4b52b60e0ac71c710db74a8ffefeded967"
        let digits = Array(golden)
        let datagram = try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
        }
        let key = try #require(ClusterKey(bytes: Array(0..<32)))
        #expect(try Self.sealer(key).open(datagram) == Array("hello, felt".utf8))
    }

    @Test func `one flipped bit anywhere is refused`() throws {
        let sealer = try Self.sealer(ClusterKey())
        let datagram = sealer.seal(Array("ten bytes.".utf8))
        for bit in 0..<datagram.count * 8 {
            var broken = datagram
            broken[bit / 8] ^= 1 << UInt8(bit % 8)
            let expected: Rejection =
                switch (bit / 8, bit) {
                case (0...1, _): .notFelt
                case (2, _): .unknownVersion
                case (3, 24): .otherMode
                case (3, _): .unknownVersion
                case (4...7, _): .unknownKey
                default: .forged
                }
            #expect(reason(sealer, broken) == expected, "bit \(bit)")
        }
    }

    @Test func `a datagram cut at any length, or longer, is refused`() throws {
        let sealer = try Self.sealer(ClusterKey())
        let datagram = sealer.seal(Array("ten bytes.".utf8))
        for length in 0..<datagram.count {
            let expected: Rejection = length < 36 ? .tooShort : .forged
            #expect(reason(sealer, Array(datagram.prefix(length))) == expected, "length \(length)")
        }
        #expect(reason(sealer, datagram + [0]) == .forged)
    }

    @Test func `random bytes are refused`() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = TestRandom(state: seed)
        let sealers = [try Self.sealer(ClusterKey()), DatagramSealer(ring: nil)]
        for round in 0..<2_000 {
            var datagram = random.bytes(Int.random(in: 0...100, using: &random))
            // Half of them get past the first look.
            if round % 2 == 0, datagram.count >= 4 { datagram.replaceSubrange(0..<4, with: [0x46, 0x4C, 1, 0]) }
            for sealer in sealers { #expect(reason(sealer, datagram) != nil, "seed \(seed), round \(round)") }
        }
    }

    @Test func `each key of a ring opens, the first seals, and another cluster's opens nothing`() throws {
        let (old, new, foreign) = (ClusterKey(), ClusterKey(), ClusterKey())
        let (before, during, after) = (
            try Self.sealer(old, new), try Self.sealer(new, old), try Self.sealer(new)
        )
        let text = Array("text".utf8)
        #expect(try during.open(before.seal(text)) == text)
        #expect(try before.open(during.seal(text)) == text)
        #expect(try after.open(during.seal(text)) == text)
        #expect(reason(after, before.seal(text)) == .unknownKey)
        #expect(reason(try Self.sealer(foreign), during.seal(text)) == .unknownKey)
    }

    @Test func `another key that shares the hint is refused as a forgery`() throws {
        let key = ClusterKey()
        var datagram = try Self.sealer(ClusterKey()).seal([1, 2, 3])
        datagram.replaceSubrange(4..<8, with: withUnsafeBytes(of: key.hint.bigEndian) { Array($0) })
        #expect(reason(try Self.sealer(key), datagram) == .forged)
    }

    @Test func `a secure node refuses an insecure datagram, and the reverse`() throws {
        let (secure, insecure) = (try Self.sealer(ClusterKey()), DatagramSealer(ring: nil))
        let plaintext: [UInt8] = [1, 2, 3]
        #expect(insecure.overhead == 8)
        #expect(insecure.seal(plaintext) == [0x46, 0x4C, 1, 1, 0, 0, 0, 0, 1, 2, 3])
        #expect(try insecure.open(insecure.seal(plaintext)) == plaintext)
        #expect(try insecure.open(insecure.seal([])) == [])
        #expect(reason(secure, insecure.seal(plaintext)) == .otherMode)
        #expect(reason(insecure, secure.seal(plaintext)) == .otherMode)
        #expect(reason(insecure, [0x46, 0x4C, 1, 3, 0, 0, 0, 0]) == .unknownVersion)
    }
}
