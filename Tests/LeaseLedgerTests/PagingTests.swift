import Testing

@testable import LeaseLedger

@Suite struct PagingTests {
    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `a paged dictionary holds what a dictionary holds, and so do its copies`(seed: UInt64) {
        var random = PrecedenceTests.SplitMix(state: seed)
        var model: [Int: Int] = [:]
        var paged = PagedDictionary<Int, Int>()
        var copies: [(model: [Int: Int], paged: PagedDictionary<Int, Int>)] = []
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<2_000, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1:
                model[key] = step
                paged[key] = step
            case 2:
                model[key] = nil
                paged[key] = nil
            case 3:
                model[key]? += 1
                let changed: Void? = paged.update(key) { $0 += 1 }
                #expect((changed != nil) == (model[key] != nil), "seed \(seed)")
            default: #expect(paged[key] == model[key], "seed \(seed)")
            }
            #expect(paged.count == model.count && paged.isEmpty == model.isEmpty, "seed \(seed)")
            if step.isMultiple(of: 2_000) { copies.append((model, paged)) }
        }
        for (model, paged) in copies + [(model, paged)] {
            let elements = paged.map { ($0.key, $0.value) }
            #expect(elements.count == model.count, "seed \(seed)")
            #expect(Dictionary(elements, uniquingKeysWith: { first, _ in first }) == model, "seed \(seed)")
            #expect(Set(paged.keys) == Set(model.keys) && paged.values.sorted() == model.values.sorted())
        }
    }

    @Test func `a copy of a dictionary shares all pages but those that it changes`() {
        var original = PagedDictionary<Int, Int>()
        for key in 0..<10_000 { original[key] = key }
        var copy = original
        copy[3] = nil
        copy[4] = -4
        let groups = zip(original.groups, copy.groups).filter { address(of: $0) != address(of: $1) }
        let pages = groups.flatMap { zip($0, $1) }.filter { address(of: $0) != address(of: $1) }
        #expect((1...2).contains(groups.count) && (1...2).contains(pages.count))
        #expect(original[3] == 3 && original[4] == 4 && copy[3] == nil && copy[4] == -4)
    }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `a paged array holds what an array holds, and so do its copies`(seed: UInt64) {
        var random = PrecedenceTests.SplitMix(state: seed)
        var model: [Int] = []
        var paged = PagedArray<Int>()
        var copies: [(model: [Int], paged: PagedArray<Int>)] = []
        for step in 0..<6_000 {
            // Now it grows, now it shrinks, over the edges of pages.
            if model.isEmpty || Int.random(in: 0..<5, using: &random) < ((step / 1_000).isMultiple(of: 2) ? 4 : 1) {
                model.append(step)
                paged.append(step)
            } else {
                let place = Int.random(in: 0..<model.count, using: &random)
                model[place] = -step
                paged[place] = -step
                model.removeLast()
                paged.removeLast()
            }
            #expect(paged.count == model.count && paged.last == model.last, "seed \(seed)")
            if step.isMultiple(of: 500) { copies.append((model, paged)) }
        }
        for (model, paged) in copies + [(model, paged)] { #expect(Array(paged) == model, "seed \(seed)") }
    }

    @Test func `a copy of an array shares all pages but those that it changes`() {
        let original = PagedArray(0..<1_000)
        var copy = original
        copy[70] = 0
        copy[500] = 0
        let shared = zip(original.pages, copy.pages).count { address(of: $0) == address(of: $1) }
        #expect(original.pages.count - shared == 2)
        #expect(original[70] == 70 && copy[70] == 0)
    }

    @Test func `a paged set holds each element once`() {
        var set = PagedSet<Int>()
        for element in [3, 1, 3, 2] { set.insert(element) }
        set.remove(1)
        set.remove(9)
        #expect(set.count == 2 && set.contains(3) && !set.contains(1) && set.sorted() == [2, 3])
    }

    private func address<Element>(of page: [Element]) -> UnsafePointer<Element>? {
        page.withUnsafeBufferPointer { $0.baseAddress }
    }
}
