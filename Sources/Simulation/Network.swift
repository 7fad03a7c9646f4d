internal import Gossip
internal import LeaseLedger

/// How datagrams travel between two nodes.
package struct Network: Sendable {
    /// One way; drawn evenly from the range.
    package var latency: ClosedRange<Duration> = .microseconds(200) ... .microseconds(800)
    /// The share of datagrams that is lost, 0 to 1.
    package var loss = 0.0
    package var duplication = 0.0
    /// Whether a datagram from one node (by index) reaches another at all.
    package var isConnected: @Sendable (_ from: Int, _ to: Int) -> Bool = { _, _ in true }

    package init() {}

    package mutating func mend() { isConnected = { _, _ in true } }

    func loses(_ random: inout SplitMix64) -> Bool {
        loss > 0 && Double.random(in: 0..<1, using: &random) < loss
    }

    func duplicates(_ random: inout SplitMix64) -> Bool {
        duplication > 0 && Double.random(in: 0..<1, using: &random) < duplication
    }

    func delay(_ random: inout SplitMix64) -> Duration {
        let (least, most) = (latency.lowerBound.wholeNanoseconds, latency.upperBound.wholeNanoseconds)
        return .nanoseconds(least + Int64.random(in: 0...max(most - least, 0), using: &random))
    }
}
