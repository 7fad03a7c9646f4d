import LeaseLedger
import LeaseStore
import Testing

@testable import Agent

@Suite struct KeyRingSealingTests {
    @Test func `keys sealed to a node are read by it alone, for this cluster alone, and unaltered`() throws {
        let (own, other) = (NodeIdentity(), NodeIdentity())
        let mine: KeyRingSealing = try #require(KeyRingSealing(identity: own))
        let theirs: KeyRingSealing = try #require(KeyRingSealing(identity: other))
        let sealed = try #require(KeyRingSealing.seal([1, 2, 3], to: mine.publicKey, clusterID: 7))
        #expect(mine.open(sealed, clusterID: 7) == [1, 2, 3])
        #expect(theirs.open(sealed, clusterID: 7) == nil)
        #expect(mine.open(sealed, clusterID: 8) == nil)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(mine.open(altered, clusterID: 7) == nil, "byte \(index)")
            #expect(mine.open(Array(sealed.prefix(index)), clusterID: 7) == nil)
        }
        #expect(KeyRingSealing.seal([1], to: [1, 2], clusterID: 7) == nil)
        let again: KeyRingSealing = try #require(KeyRingSealing(identity: own))
        #expect(again.publicKey == mine.publicKey, "derived from the identity, the same after a restart")
    }

    @Test func `the fullest ring fits one datagram`() throws {
        let ring: KeyRing = try #require(KeyRing([ClusterKey()]))
        var state = KeyRingState(ring)
        for _ in 0..<60 {
            let key = ClusterKey()
            try state.add(key)
            try state.remove(key.id)
        }
        var others = (0..<2).map { _ in state }
        for _ in 0..<7 { for index in others.indices { try others[index].add(ClusterKey()) } }
        let fullest = others[0].merged(with: others[1])
        #expect(fullest.ids.count == 15)
        let identity: KeyRingSealing = try #require(KeyRingSealing(identity: NodeIdentity()))
        let sealed = try #require(KeyRingSealing.seal(fullest.encoded, to: identity.publicKey, clusterID: 1))
        #expect(sealed.count + 3 <= 1_400 - 36 - 41, "\(sealed.count) bytes")
    }

    @Test func `the ring's file is read as it was written, and damaged it is refused by name`() async throws {
        let scratch = try Scratch()
        let ring: KeyRing = try #require(KeyRing([ClusterKey(), ClusterKey()]))
        let file = KeyRingFile(clusterID: 9, fileDigest: KeyRingFile.digest(of: ring), state: KeyRingState(ring))
        #expect(try KeyRingFile.read(in: scratch.path) == nil)
        _ = try scratch.file("keys", file.encoded)
        #expect(try KeyRingFile.read(in: scratch.path) == file)
        _ = try scratch.file("keys", file.encoded, mode: 0o640)
        let exposed = #expect(throws: StartFailure.self) { try KeyRingFile.read(in: scratch.path) }
        #expect(exposed?.description.contains("chmod 600") == true)
        for length in 0..<file.encoded.count {
            _ = try scratch.file("keys", Array(file.encoded.prefix(length)))
            let error = #expect(throws: StartFailure.self) { try KeyRingFile.read(in: scratch.path) }
            #expect(error?.description.contains("\(scratch.path)/keys") == true)
        }
    }
}
