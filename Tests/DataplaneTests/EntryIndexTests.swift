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
            let key = { (entry: String) in entry.first }
            var index = EntryIndex(entries, by: key)
            var expected = entries
            for _ in 0..<8 {
                let wanted = "\(Int.random(in: 0...6, using: &random)):\(Int.random(in: 0...2, using: &random))"
                let ofKey = expected.filter { key($0) == key(wanted) }
                #expect(index.takeOnly(wanted, for: key(wanted)) == (ofKey == [wanted]), "seed \(seed)")
                if ofKey == [wanted] { expected.removeAll { $0 == wanted } }
                guard Bool.random(using: &random) else { continue }
                #expect(index.removeValue(forKey: key(wanted)) == expected.filter { key($0) == key(wanted) })
                expected.removeAll { key($0) == key(wanted) }
            }
            #expect(index.rest.sorted() == expected.sorted(), "seed \(seed)")
        }
    }
}
