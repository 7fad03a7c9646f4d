/// All gossip that nodes of a lab have sent, whoever it was for.
final class Recording {
    private let taps: [(node: Node, tap: PacketTap)]
    private(set) var datagrams: [(source: String, payload: [UInt8])] = []

    /// From here on, as far as `listen` is called often enough.
    init(of nodes: [Node]) throws {
        taps = try nodes.map { node in (node: node, tap: try node.namespace.entered { try PacketTap() }) }
    }

    func listen() {
        for (node, tap) in taps {
            datagrams += tap.take(port: 8473, from: node.address).map { (source: node.address, payload: $0) }
        }
    }

    func voice(of node: Node) -> [[UInt8]] { datagrams.filter { $0.source == node.address }.map(\.payload) }
}
