package import Addressing
internal import Crypto
internal import LeaseLedger

/// What a new node needs to join: the cluster's key, its identity, and where to knock. A secret.
///
///     "felt1-" base64url( format 1 · key 32 · cluster 8 · count 1 · endpoints · checksum 4 )
package struct JoinToken: Hashable, Sendable {
    package let key: ClusterKey
    package let clusterID: UInt64
    package let seeds: [Endpoint]

    private static let prefix = "felt1-"
    private static let format: UInt8 = 1
    private static let shortestBody = 20

    package init(key: ClusterKey, clusterID: UInt64, seeds: [Endpoint]) {
        self.key = key
        self.clusterID = clusterID
        self.seeds = Array(seeds.prefix(8))
    }

    /// Whether a value of --join means to be a token, damaged or of a later release perhaps, and not a host: "felt",
    /// a number, a dash, and a body without dots and colons that is longer than such a host's.
    package static func isToken(_ text: String) -> Bool {
        guard text.hasPrefix("felt"), let dash = text.firstIndex(of: "-") else { return false }
        let version = text[..<dash].dropFirst(4)
        let body = text[dash...].dropFirst()
        return !version.isEmpty && version.utf8.allSatisfy { (48...57).contains($0) }
            && body.utf8.count >= shortestBody && !body.contains(".") && !body.contains(":")
    }

    package init(parsing text: String) throws(JoinTokenError) {
        guard text.hasPrefix(Self.prefix) else { throw .unknownKind }
        guard let bytes = base64URLDecode(text.dropFirst(Self.prefix.count)), bytes.count > 4 else { throw .damaged }
        let (body, checksum) = (Array(bytes.dropLast(4)), Array(bytes.suffix(4)))
        guard Self.checksum(body) == checksum else { throw .damaged }
        do {
            var reader = ByteReader(body)
            guard try reader.integer(UInt8.self) == Self.format,
                let key = ClusterKey(bytes: Array(try reader.slice(ClusterKey.length)))
            else { throw JoinTokenError.damaged }
            let clusterID = try reader.integer(UInt64.self)
            var seeds: [Endpoint] = []
            for _ in 0..<(try reader.integer(UInt8.self)) { seeds.append(try reader.endpoint()) }
            self.init(key: key, clusterID: clusterID, seeds: seeds)
        } catch {
            throw .damaged
        }
    }

    package var text: String {
        var writer = ByteWriter()
        writer.integer(Self.format)
        writer.raw(key.bytes)
        writer.integer(clusterID)
        writer.integer(UInt8(seeds.count))
        for seed in seeds { writer.endpoint(seed) }
        return Self.prefix + base64URLEncode(writer.bytes + Self.checksum(writer.bytes))
    }

    private static func checksum(_ body: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: body).prefix(4)) }
}

package enum JoinTokenError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownKind
    case damaged

    package var description: String {
        switch self {
        case .unknownKind: "is a token of another kind or a later release; print one with: leasectl token"
        case .damaged: "is a damaged token (cut off when it was copied?); print it again with: leasectl token"
        }
    }
}
