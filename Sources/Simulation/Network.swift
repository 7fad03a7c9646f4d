/// How datagrams travel between two nodes.
package struct Network: Sendable {
    /// One way.
    package var latency: ClosedRange<Duration> = .microseconds(200) ... .microseconds(800)
    /// The share of datagrams that is lost, 0 to 1.
    package var loss = 0.0
    package var duplication = 0.0
    /// Whether a datagram from one node (by index) reaches another at all.
    package var isConnected: @Sendable (_ from: Int, _ to: Int) -> Bool = { _, _ in true }

    package init() {}
}
