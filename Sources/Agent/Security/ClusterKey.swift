internal import Crypto
internal import FoundationEssentials

/// The cluster's secret: 32 bytes, written as one line of base64. Who has it is in the cluster.
package struct ClusterKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    package static let length = 32
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// A new one, from the system's random source.
    package init() {
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<Self.length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    package init?(base64 line: String) {
        guard let data = Data(base64Encoded: line) else { return nil }
        self.init(bytes: Array(data))
    }

    package var base64: String { Data(bytes).base64EncodedString() }

    /// Tells which key of a ring seals a datagram, without telling the key.
    var hint: UInt32 {
        digest("felt key hint").prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    package var id: KeyID { KeyID(bits: hint) }

    /// Tells clusters apart.
    package var clusterID: UInt64 { Self.clusterID(of: digest("felt cluster")) }

    /// The identity of every cluster that is not sealed.
    package static var insecureClusterID: UInt64 {
        clusterID(of: Array(SHA256.hash(data: Data("felt insecure cluster".utf8))))
    }

    private static func clusterID(of digest: [UInt8]) -> UInt64 { digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

    private func digest(_ purpose: String) -> [UInt8] {
        Array(SHA256.hash(data: Data(Array(purpose.utf8) + bytes)))
    }

    /// Never the key itself.
    package var description: String { "key \(id)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The keys of a node: the first seals, all open.
package struct KeyRing: Hashable, Sendable {
    package let keys: [ClusterKey]

    package init?(_ keys: [ClusterKey]) {
        guard !keys.isEmpty else { return nil }
        self.keys = keys
    }

    package var sealing: ClusterKey { keys[0] }
}
