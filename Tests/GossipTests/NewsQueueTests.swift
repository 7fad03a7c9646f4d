import LeaseLedger
import Testing

@testable import Gossip

@Suite struct NewsQueueTests {
    private func subject(_ number: Int) -> NewsQueue.Subject { .liveness(NodeID(bits: UInt128(number))) }

    @Test(arguments: [UInt64.random(in: 0 ... .max)])
    func `the least sent come first, each is sent so often and no more`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = NewsQueue()
        var times: [Int: Int] = [:]
        for _ in 0..<3_000 {
            let number = Int.random(in: 0..<40, using: &random)
            if Int.random(in: 0..<4, using: &random) == 0 {
                queue.add(subject(number))
                times[number] = 0
            } else if let sent = times[number] {
                queue.countSent(subject(number), limit: 5)
                times[number] = sent + 1 < 5 ? sent + 1 : nil
            }
            #expect(queue.count == times.count, "seed \(seed)")
            let order = queue.leastSent(.max).map { first in times.first { subject($0.key) == first }?.value ?? -1 }
            #expect(order == times.values.sorted(), "seed \(seed)")
            let fewest = queue.fewestTimes
            #expect(fewest == times.values.min() ?? 0, "seed \(seed)")
        }
    }

    @Test func `fresh news is told once, in the order in which it came`() {
        var queue = NewsQueue()
        for number in [3, 1, 3, 2] { queue.add(subject(number)) }
        let (first, rest) = (queue.takeFresh(2), queue.takeFresh(9))
        #expect(first == [subject(3), subject(1)])
        #expect(rest == [subject(2)])
        #expect(!queue.hasFresh && queue.count == 3)
    }

    @Test func `what does not fit is left to anti-entropy`() {
        var queue = NewsQueue()
        for number in 0..<NewsQueue.capacity + 10 { queue.add(subject(number)) }
        #expect(queue.count == NewsQueue.capacity)
    }
}
