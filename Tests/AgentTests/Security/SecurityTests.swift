import Addressing
import Glibc
import LeaseLedger
import Testing

@testable import Agent

@Suite struct SecurityTests {
    private let ring = KeyRing([ClusterKey()])

    @Test(arguments: [0, 1, 200, 1_350])
    func `what is sealed opens, with any key of the ring`(length: Int) throws {
        let plaintext = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let (old, new) = (ClusterKey(), ClusterKey())
        let sealed = DatagramSealer(ring: KeyRing([old])).seal(plaintext)
        #expect(sealed.count == length + 36)
        #expect(try DatagramSealer(ring: KeyRing([new, old])).open(sealed) == plaintext)
    }

    @Test func `no altered bit and no length but the whole opens`() {
        let sealer = DatagramSealer(ring: ring)
        let sealed = sealer.seal(Array("a datagram".utf8))
        for bit in 0..<sealed.count * 8 {
            var altered = sealed
            altered[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: DatagramSealer.Rejection.self, "bit \(bit)") { try sealer.open(altered) }
        }
        for length in 0..<sealed.count {
            #expect(throws: DatagramSealer.Rejection.self, "\(length) bytes") {
                try sealer.open(Array(sealed.prefix(length)))
            }
        }
    }

    @Test func `another key, garbage and the other mode are told apart`() {
        let sealer = DatagramSealer(ring: ring)
        let insecure = DatagramSealer(ring: nil)
        #expect(throws: DatagramSealer.Rejection.unknownKey) {
            try sealer.open(DatagramSealer(ring: KeyRing([ClusterKey()])).seal([1]))
        }
        #expect(throws: DatagramSealer.Rejection.otherMode) { try sealer.open(insecure.seal([1])) }
        #expect(throws: DatagramSealer.Rejection.otherMode) { try insecure.open(sealer.seal([1])) }
        #expect(throws: DatagramSealer.Rejection.notFelt) { try sealer.open(Array(repeating: 7, count: 100)) }
        #expect(throws: DatagramSealer.Rejection.tooShort) { try sealer.open([]) }
    }

    @Test func `two seals of one plaintext differ`() {
        let sealer = DatagramSealer(ring: ring)
        #expect(sealer.seal([1, 2, 3]) != sealer.seal([1, 2, 3]))
    }

    @Test func `a record verifies for its signer and its cluster only`() throws {
        let (identity, other) = (NodeIdentity(), NodeIdentity())
        let address = AnyIPAddress.v4(IPv4Address(bits: 0x0A00_0001))
        func record(of owner: NodeIdentity) -> NodeRecord {
            NodeRecord(
                nodeID: owner.nodeID, publicKey: owner.publicKey, version: RecordVersion(sequence: 1, runNonce: 1),
                name: "n", fingerprint: 0, endpoint: Endpoint(address: address, port: 8473), publicIP: address,
                backend: .alloc, software: "test")
        }
        let signed = SignedRecord(record(of: identity), sign: { identity.sign($0, clusterID: 7) })
        #expect(NodeIdentity.verify(signed, clusterID: 7))
        #expect(!NodeIdentity.verify(signed, clusterID: 8))
        let forged = SignedRecord(record(of: identity), sign: { other.sign($0, clusterID: 7) })
        #expect(!NodeIdentity.verify(forged, clusterID: 7))
        var stolen = record(of: other)
        stolen.nodeID = identity.nodeID
        let impostor = SignedRecord(stolen, sign: { other.sign($0, clusterID: 7) })
        #expect(!NodeIdentity.verify(impostor, clusterID: 7))
        let again = try #require(NodeIdentity(privateKeyBytes: identity.privateKeyBytes))
        #expect(again.nodeID == identity.nodeID)
    }

    @Test func `a token survives its text, and a damaged one is refused`() throws {
        let seeds = [Endpoint(address: .v4(IPv4Address(bits: 0xC0A8_3201)), port: 8473)]
        let token = JoinToken(key: ClusterKey(), clusterID: 42, seeds: seeds)
        #expect(try JoinToken(parsing: token.text) == token)
        #expect(JoinToken.isToken(token.text))
        let characters = Array(token.text)
        for index in 6..<characters.count {
            var altered = characters
            altered[index] = altered[index] == "A" ? "B" : "A"
            #expect(throws: JoinTokenError.self, "character \(index)") { try JoinToken(parsing: String(altered)) }
            #expect(throws: JoinTokenError.self) { try JoinToken(parsing: String(characters[..<index])) }
        }
    }

    @Test(
        arguments: [
            ("", "no key"), ("# only a comment\n", "no key"), ("AAAA\n", "line 1"), ("?\n", "base64"),
            ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nAAAA\n", "line 2"),
        ] as [(String, String)])
    func `a bad key file is refused and its line named`(text: String, word: String) throws {
        try withTemporaryFile(text) { path in
            let error = #expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }
            #expect(error?.description.contains(word) == true && error?.description.contains(path) == true)
        }
    }

    @Test func `a key file that others may read is refused`() throws {
        let line = ClusterKey().base64 + "\n"
        for mode in [0o644, 0o640, 0o604] as [mode_t] {
            try withTemporaryFile(line, mode: mode) { path in
                let error = #expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }
                #expect(error?.description.contains("chmod 600") == true)
            }
        }
        let ring = try withTemporaryFile("\n# comment\n \(line)") { path in try KeyFile(path: path).read() }
        #expect(ring.keys.count == 1)
    }

    @Test(arguments: ["/nowhere/key", "/tmp", "/dev/null", "/proc/self/mem"])
    func `what is not a readable regular file is refused and named`(path: String) {
        let error = #expect(throws: KeyFileError.self) { try KeyFile(path: path).read() }
        #expect(error?.description.contains(path) == true)
    }

    @Test func `a key never shows in a description`() {
        let key = ClusterKey()
        #expect(!"\(key)".contains(key.base64) && !String(reflecting: key).contains("bytes"))
    }
}
