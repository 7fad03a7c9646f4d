import LeaseLedger
import Testing

@testable import Agent

@Suite struct KeyRingStateTests {
    private static func ring(_ keys: ClusterKey...) throws -> KeyRingState {
        let ring: KeyRing = try #require(KeyRing(keys))
        return KeyRingState(ring)
    }

    /// Rings as several operators would leave them: all from one first ring, each changed by some operations.
    private static func variants(_ count: Int, _ random: inout TestRandom) throws -> [KeyRingState] {
        let pool = (0..<5).map { _ in ClusterKey(bytes: random.bytes(32)) }.compactMap(\.self)
        let first = try ring(pool[0])
        return try (0..<count).map { _ in
            var state = first
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let key = try #require(pool.randomElement(using: &random))
                switch Int.random(in: 0..<3, using: &random) {
                case 0: try? state.add(key)
                case 1: try? state.use(key.id)
                default: try? state.remove(key.id)
                }
            }
            return state
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `rings merge to the same in any order, and again to the same`(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        for _ in 0..<300 {
            let states = try Self.variants(3, &random)
            let one = states[0].merged(with: states[1]).merged(with: states[2])
            let other = states[2].merged(with: states[0].merged(with: states[1]))
            let third = states[1].merged(with: states[2]).merged(with: states[0])
            #expect(one == other && one == third, "seed \(seed)")
            #expect(one.merged(with: states[1]) == one, "seed \(seed)")
            #expect(one.ring?.sealing.id == one.sealingID, "seed \(seed)")
        }
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `a ring survives encoding, and cut or lengthened it is refused`(seed: UInt64) throws {
        var random = TestRandom(state: seed)
        for state in try Self.variants(20, &random) {
            let bytes = state.encoded
            #expect(try KeyRingState(encoded: bytes) == state, "seed \(seed)")
            for length in 0..<bytes.count {
                #expect(throws: DecodingFailure.self, "seed \(seed)") {
                    try KeyRingState(encoded: Array(bytes.prefix(length)))
                }
            }
            #expect(throws: DecodingFailure.self) { try KeyRingState(encoded: bytes + [0]) }
        }
    }

    @Test func `a rotation: added keys open, the one in use seals, a removed one is gone for good`() throws {
        let (old, new) = (ClusterKey(), ClusterKey())
        var state = try Self.ring(old)
        try state.add(new)
        #expect(state.sealingID == old.id && state.ids == [old.id, new.id])
        #expect(throws: KeyRingError.seals(old.id)) { try state.remove(old.id) }
        #expect(throws: KeyRingError.known(new.id)) { try state.add(new) }
        #expect(!state.isOutdated(old.id))
        try state.use(new.id)
        #expect(state.ids == [new.id, old.id] && state.isOutdated(old.id))
        try state.remove(old.id)
        #expect(state.ids == [new.id] && state.wasRemoved(old.id))
        #expect(throws: KeyRingError.wasRemoved(old.id)) { try state.add(old) }
        #expect(throws: KeyRingError.unknown(old.id)) { try state.use(old.id) }
        // Somebody who was away brings it along; it stays away.
        #expect(try state.merged(with: Self.ring(old)) == state)
    }

    @Test func `a key that one removed while another chose it seals until there is another choice`() throws {
        let (first, second) = (ClusterKey(), ClusterKey())
        var one = try Self.ring(first)
        try one.add(second)
        var other = one
        try one.remove(second.id)
        try other.use(second.id)
        let merged = one.merged(with: other)
        #expect(merged.sealingID == second.id && merged.ids == [second.id, first.id])
    }

    @Test func `the ring is bounded, and absurd clocks are refused`() throws {
        var state = try Self.ring(ClusterKey())
        for _ in 1..<KeyRingState.mostKeys { try state.add(ClusterKey()) }
        #expect(throws: KeyRingError.full) { try state.add(ClusterKey()) }
        var absurd = state.encoded
        absurd[5] = 0xFF
        #expect(throws: DecodingFailure.valueOutOfRange) { try KeyRingState(encoded: absurd) }
    }

    @Test func `a changed key file is followed: its first key seals, what it lacks is removed`() throws {
        let (old, new) = (ClusterKey(), ClusterKey())
        var state = try Self.ring(old)
        let both: KeyRing = try #require(KeyRing([new, old]))
        let one: KeyRing = try #require(KeyRing([new]))
        let back: KeyRing = try #require(KeyRing([old, new]))
        let refused = [state.follow(both)]
        #expect(refused == [[]] && state.ids == [new.id, old.id])
        let second = state.follow(one)
        #expect(second == [] && state.ids == [new.id])
        let third = state.follow(back)
        #expect(third == [old.id] && state.ids == [new.id], "a removed key does not come back by a file")
    }

    @Test func `an old token changes nothing, and does not bring a removed key back`() throws {
        let (old, new) = (ClusterKey(), ClusterKey())
        var state = try Self.ring(old)
        try state.add(new)
        try state.use(new.id)
        let rotated = state
        let isKnown = state.join(with: old)
        #expect(isKnown && state == rotated)
        try state.remove(old.id)
        let isBack = state.join(with: old)
        #expect(!isBack && state.ids == [new.id])
        // A node that was away for the whole rotation returns with a new token.
        var absent = try Self.ring(old)
        let hasJoined = absent.join(with: new)
        #expect(hasJoined && absent.sealingID == new.id)
        #expect(absent.merged(with: state).ids == [new.id])
    }

    @Test func `ids are eight digits, and nothing else is one`() {
        let id = KeyID(bits: 0x0A0B_0C0D)
        #expect("\(id)" == "0a0b0c0d" && KeyID(parsing: "0a0b0c0d") == id)
        for text in ["", "a0b0c0d", "0a0b0c0d0", "0x0b0c0d", "+a0b0c0d", "0a0b0c0g"] {
            #expect(KeyID(parsing: text) == nil, "\(text)")
        }
    }
}
