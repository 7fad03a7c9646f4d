import NetworkTestSupport
import Testing

@testable import Dataplane

@Suite struct EntryIndexTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `it gives what an array of all would, each entry once and in its order`(seed: UInt64) {
        var random = TestRandom(state: seed)
        for _ in 0..<200 {
            let entries = (0..<Int.random(in: 0...20, using: &random)).map { number in
                "\(Int.random(in: 0...6, using: &random)):\(number % 3)"
            }
            let key = { (entry: String) in UInt128(entry.utf8.first ?? 0) }
            var index = EntryIndex(entries, by: key)
            var expected = entries
            for _ in 0..<8 {
                let wanted = "\(Int.random(in: 0...6, using: &random)):\(Int.random(in: 0...2, using: &random))"
                let ofKey = expected.filter { key($0) == key(wanted) }
                #expect(index.takeOnly(wanted, for: key(wanted)) == (ofKey == [wanted]), "seed \(seed)")
                if ofKey == [wanted] { expected.removeAll { $0 == wanted } }
                guard Bool.random(using: &random) else { continue }
                #expect(index.removeAll(of: key(wanted)) == expected.filter { key($0) == key(wanted) })
                expected.removeAll { key($0) == key(wanted) }
            }
            #expect(index.rest == expected, "seed \(seed)")
        }
    }
}

@Suite struct KeyTableTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `it numbers keys as they come, however many more than were announced`(seed: UInt64) {
        var random = TestRandom(state: seed)
        for capacity in [0, 1, 7, 8, 500] {
            var table = KeyTable(capacity: capacity)
            var numbers: [UInt128: Int] = [:]
            for _ in 0..<600 {
                // Keys that differ in their highest or in their lowest bits alone.
                let small = UInt128(UInt32.random(in: 0..<300, using: &random))
                let key = Bool.random(using: &random) ? small : small << 96
                #expect(table.number(of: key) == numbers[key], "seed \(seed)")
                let (number, isNew) = table.insert(key)
                #expect(isNew == (numbers[key] == nil), "seed \(seed)")
                if isNew { numbers[key] = numbers.count }
                #expect(number == numbers[key], "seed \(seed)")
            }
        }
    }
}
